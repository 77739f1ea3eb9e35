import json
import subprocess
import sys

import pandas as pd
import pytest

from contradict.cli import main
from toys import EXAMPLES


@pytest.fixture
def models(toy_nli, toy_encoder):
    return ["--nli", str(toy_nli), "--encoder", str(toy_encoder), "--bare-sentences", "--device", "cpu"]


@pytest.fixture
def toy_only(models):
    return [models[0], models[1], "--device", "cpu"]


def test_scan_writes_json_lines_of_the_stated_schema(models, capfd):
    assert main(["scan", str(EXAMPLES), "--min-score", "0", "--format", "jsonl", *models]) == 0
    out, err = capfd.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert rows
    assert list(rows[0]) == ["schema", "set", "score", "kind", "evidence", "topic", "a", "b", "probabilities"]
    assert list(rows[0]["a"])[:10] == [
        *("article", "source", "published", "language", "text", "start", "end", "speaker", "stance", "claim")
    ]
    assert "contradict: 7 articles · 39 statements" in err


@pytest.mark.parametrize("name", ["f.txt", "f.CSV", "f.parquet", "f.jsonl", "f.html", "f.other --format table"])
def test_scan_writes_the_format_that_the_ending_names(models, tmp_path, name):
    name, *stated = name.split()
    out = tmp_path / name
    assert main(["scan", str(EXAMPLES), "--min-score", "0", "--out", str(out), *stated, "--top", "3", *models]) == 0
    if out.suffix == ".parquet":
        assert len(pd.read_parquet(out)) == 3
    elif out.suffix == ".CSV":
        assert len(pd.read_csv(out)) == 3
    elif out.suffix == ".jsonl":
        assert [json.loads(line)["schema"] for line in out.read_text().splitlines()] == [1, 1, 1]
    elif out.suffix == ".html":
        assert "<html" in out.read_text()
    else:
        assert "7 articles" in out.read_text()


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(models, tmp_path, capfd):
    (tmp_path / "good.txt").write_text("Pemerintah mengirim pasukan ke kota pada hari Senin.")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "rows.csv").write_text("text,title\nHujan turun di kota pada hari Senin.,a\nonly one field\n")
    assert main(["scan", str(tmp_path), "--format", "jsonl", *models]) == 0
    err = capfd.readouterr().err
    assert "empty.txt: empty" in err
    assert "rows.csv, row 3: 1 fields; the header has 2" in err
    assert main(["scan", str(tmp_path), "--format", "jsonl", "--quiet", *models]) == 0
    assert "contradict:" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scan", "no/such/folder"], "no file or directory 'no/such/folder'"),
        (["scan", "EMPTY"], "nothing readable in"),
        (["scan", str(EXAMPLES), "--min-score", "7"], "min_score is 7.0"),
        (["scan", str(EXAMPLES), "--top", "0"], "--top is 0"),
        (["scan", str(EXAMPLES), "--format", "parquet"], "--out FILE"),
        (["scan", str(EXAMPLES), "--format", "csv", "--out", "x.jsonl"], "--format is csv, but --out x.jsonl ends as"),
        (
            ["scan", str(EXAMPLES), "--out", "x.xls"],
            "name a file that ends in .txt, .jsonl, .csv, .parquet, .html, or state",
        ),
        (["score", "no/such/file.csv"], "No such file"),
        (["score", "BAD.csv"], "no column hypothesis; columns found: premise"),
        (["score", "LABELS.csv", "--out", "x.html"], "name a file that ends in .jsonl, .csv, .parquet\n"),
        (["score", "SCORED.csv"], "SCORED.csv has a column neutral, score already"),
        (["score", "MIXED.jsonl", "--out", "x.parquet"], "no Parquet can be made of the rows: column id: "),
        (["score", "LARGE.jsonl", "--out", "x.parquet"], "column n: Python int too large to convert to C long; write"),
        (["benchmark", "LABELS.csv"], "no usable row; the first, row 2: label is 'maybe'"),
    ],
)
def test_bad_input_gives_one_line_and_status_2(models, toy_only, tmp_path, capfd, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "BAD.csv").write_text("premise\nhujan turun\n")
    (tmp_path / "LABELS.csv").write_text("premise,hypothesis,label\nhujan turun,banjir,maybe\n")
    (tmp_path / "SCORED.csv").write_text("premise,hypothesis,score,neutral\nhujan turun,banjir,1,0\n")
    pair = {"premise": "hujan turun", "hypothesis": "banjir"}
    (tmp_path / "MIXED.jsonl").write_text("\n".join(json.dumps({**pair, "id": value}) for value in (1, "a")))
    (tmp_path / "LARGE.jsonl").write_text(json.dumps({**pair, "m": 1, "n": 12345678901234567890123}))
    assert main([*arguments, *(models if arguments[0] == "scan" else toy_only)]) == 2
    out, err = capfd.readouterr()
    assert message in err
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("contradict: ")
    assert out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", str(EXAMPLES), "--out", "no/such/x.jsonl"],
        ["score", "PAIRS.csv", "--out", "no/such/x.csv"],
        ["benchmark", "PAIRS.csv", "--out", "no/such/results"],
    ],
)
def test_a_missing_directory_is_told_before_a_model_is_loaded(tmp_path, capfd, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "PAIRS.csv").write_text("premise,hypothesis,label\nhujan turun,banjir,0\n")
    assert main([*arguments, "--nli", "./no-model"]) == 2
    assert f"there is no directory {tmp_path / 'no' / 'such'}; make it first" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scan", "news", "--out", "made.html"], "cannot write made.html: it is a directory; name a file"),
        (["scan", "news", "--disputes", "made.html"], "cannot write made.html: it is a directory; name a file"),
        (["score", "PAIRS.csv", "--out", "made.csv"], "cannot write made.csv: it is a directory; name a file"),
        (["calibrate", "PAIRS.csv", "--out", "made.csv"], "cannot write made.csv: it is a directory; name a file"),
        (["scan", "news", "--out", "/proc/x.csv"], "cannot write /proc/x.csv: /proc cannot be written to ("),
        (["scan", "news", "--disputes", "/proc/x"], "cannot write /proc/x: /proc cannot be written to ("),
        (["score", "PAIRS.csv", "--out", "/proc/x.csv"], "cannot write /proc/x.csv: /proc cannot be written to ("),
        (["benchmark", "PAIRS.csv", "--out", "/proc/x"], "cannot write /proc/x: /proc cannot be written to ("),
        (["benchmark", "PAIRS.csv", "--out", "/proc"], "cannot write /proc: /proc cannot be written to ("),
        (["benchmark", "PAIRS.csv", "--out", "PAIRS.csv"], "cannot write to PAIRS.csv: it is no directory"),
        (["scan", "news", "--out", "a.jsonl", "--disputes", "./a.jsonl"], "--disputes a.jsonl are the same file"),
        (["scan", "news", "--out", "news/old.txt"], "--out news/old.txt is already there and lies in news, where it"),
        (["scan", ".", "--disputes", "news/d.jsonl"], "--disputes news/d.jsonl is already there and lies in ., where"),
        (["scan", "news", "a.dat", "--out", "a.dat", "--format", "csv"], "--out a.dat is one of the files to be"),
    ],
)
def test_what_cannot_be_written_is_told_before_a_model_is_loaded(tmp_path, capfd, monkeypatch, arguments, message):
    if "/proc" in message and sys.platform != "linux":
        pytest.skip("a directory that not even root can write to")
    monkeypatch.chdir(tmp_path)
    for name in ("news", "made.html", "made.csv"):
        (tmp_path / name).mkdir()
    (tmp_path / "PAIRS.csv").write_text("premise,hypothesis,label\nhujan turun,banjir,0\n")
    for name in ("news/old.txt", "news/d.jsonl", "a.dat"):
        (tmp_path / name).write_text("Hujan turun di kota pada hari Senin.")
    before = sorted(tmp_path.rglob("*"))
    assert main([*arguments, "--nli", "./no-model"]) == 2
    err = capfd.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_report_beside_the_articles_is_written_where_it_will_not_be_read(models, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Pemerintah mengirim pasukan ke kota pada hari Senin.")
    (tmp_path / ".found").mkdir()
    for _ in range(2):
        assert main(["scan", ".", "--out", ".found/report.txt", *models]) == 0
        assert "contradict: 1 article" in capfd.readouterr().err
    assert main(["scan", ".", "--out", "report.txt", *models]) == 0
    assert main(["scan", ".", "--out", "report.txt", *models]) == 2
    assert "remove it, or name a file elsewhere" in capfd.readouterr().err


SCORED = ["entailment", "neutral", "contradiction", "score"]


def test_score_writes_every_row_as_it_was_with_its_figures(toy_only, tmp_path):
    pairs, out = tmp_path / "pairs.csv", tmp_path / "judged.csv"
    pairs.write_text(
        "id,p,premise,h,change\n007,hujan turun,x,banjir,-5\n1,polisi,y,,-2.5e3\n2,kota,=SUM(1),hujan,+1\n"
    )
    options = ["--premise", "p", "--hypothesis", "h", "--out", str(out)]
    assert main(["score", str(pairs), *options, *toy_only]) == 0
    judged = pd.read_csv(out, dtype={"id": str, "change": str})
    assert list(judged.columns) == ["id", "p", "premise", "h", "change", *SCORED]
    assert judged["id"].tolist() == ["007", "1", "2"]
    assert judged["change"].tolist() == ["-5", "-2.5e3", "+1"]  # numbers, which no spreadsheet runs
    assert judged["premise"].tolist() == ["x", "y", "'=SUM(1)"]
    assert judged[SCORED[:3]].sum(axis=1, min_count=3).tolist() == pytest.approx(
        [1, float("nan"), 1], 1e-3, nan_ok=True
    )
    assert judged["score"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_score_gives_values_back_as_they_were(toy_only, tmp_path, ending):
    pairs, out = tmp_path / "pairs.jsonl", tmp_path / f"judged.{ending}"
    rows = [
        {"id": 1, "premise": "hujan\u2028turun", "hypothesis": "banjir", "tags": ["a"], "weight": 0.123456},
        {"id": 2, "premise": "hujan", "hypothesis": None, "tags": None, "weight": None},
    ]
    pairs.write_text("\n".join(map(json.dumps, rows)))
    assert main(["score", str(pairs), "--out", str(out), *toy_only]) == 0
    read = pd.read_parquet(out).to_json(orient="records", lines=True) if ending == "parquet" else out.read_text()
    judged = [json.loads(line) for line in read.splitlines()]
    assert [{name: row[name] for name in rows[0]} for row in judged] == rows
    assert all(0 <= judged[0][name] <= 1 for name in SCORED)
    assert [judged[1][name] for name in SCORED] == [None] * 4


def test_train_then_score_with_what_was_trained(toy_encoder, tmp_path, capsys):
    file = tmp_path / "pairs.csv"
    rows = "hujan turun,,banjir,0\nkota,,polisi,1\nhujan,,tidak hujan,2\n"
    file.write_text("p,premise,hypothesis,label\n" + rows * 4)
    out = tmp_path / "run"
    options = ["--premise", "p", "--encoder", str(toy_encoder), "--device", "cpu"]
    assert main(["train", "--data", str(file), "--out", str(out), *options]) == 0
    model = capsys.readouterr().out.strip()
    assert model == str(out / "model")
    assert main(["score", str(file), "--premise", "p", "--nli", model, "--device", "cpu"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 12


def test_training_is_refused_where_the_caps_leave_no_contradiction(toy_encoder, tmp_path, capsys):
    file, config = tmp_path / "pairs.csv", tmp_path / "run.toml"
    file.write_text(
        "premise,hypothesis,label,dataset\nhujan turun,banjir,neutral,kept\nkota,polisi,contradiction,capped\n"
    )
    config.write_text("[caps]\ncapped = 0\n")
    options = ["--data", str(file), "--out", str(tmp_path / "run"), "--encoder", str(toy_encoder)]
    assert main(["train", *options, "--config", str(config)]) == 2
    assert capsys.readouterr().err.endswith("no pair of the run is labelled contradiction\n")
    assert not (tmp_path / "run").exists()


def test_training_without_a_contradiction_is_refused(toy_encoder, tmp_path, capsys):
    file = tmp_path / "pairs.csv"
    file.write_text("premise,hypothesis,label,two_way\nhujan turun,banjir,0,True\nkota,polisi,1,True\n")
    train = ["train", "--data", str(file), "--out", str(tmp_path / "run"), "--encoder", str(toy_encoder)]
    assert main(train) == 2
    assert (
        "no pair of the run is labelled contradiction; if the labels say no more than contradiction or not, state them"
        " with --two-way NOT,CONTRADICTION\n"
    ) in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    assert main([*train, "--two-way", "0,1", "--device", "cpu"]) == 0
    file.write_text(file.read_text().replace(",1,True", ",0,True"))
    assert main([*train, "--two-way", "0,1"]) == 2
    assert capsys.readouterr().err.endswith("no pair of the run is labelled contradiction\n")
    file.write_text(file.read_text().replace("polisi,0", "polisi,contradiction").replace("banjir,0", "banjir,neutral"))
    train[4] = str(tmp_path / "rows")
    assert main([*train, "--device", "cpu"]) == 0


@pytest.mark.parametrize("command", ["scan", "score", "benchmark", "calibrate", "train", "cache"])
def test_every_command_has_an_example_in_its_help(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"Example: contradict {command}" in capsys.readouterr().out


def test_importing_the_package_and_its_command_loads_nothing_heavy():
    heavy = "('torch', 'numpy', 'pandas', 'pyarrow', 'rich')"
    code = f"import sys, contradict.cli; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.fixture
def models_of_claims(toy_nli, toy_encoder, toy_tagger):
    paths = ["--nli", str(toy_nli), "--encoder", str(toy_encoder), "--tagger", str(toy_tagger)]
    return [*paths, "--device", "cpu", "--min-score", "0"]


def test_disputes_are_written_beside_the_contradictions(models_of_claims, tmp_path, capfd):
    disputes = tmp_path / "disputes.jsonl"
    arguments = ["scan", str(EXAMPLES), "--format", "jsonl", "--disputes", str(disputes), *models_of_claims]
    assert main(arguments) == 0
    rows = [json.loads(line) for line in disputes.read_text().splitlines()]
    assert [row["id"] for row in rows] == list(range(len(rows)))
    assert list(rows[0]) == ["schema", "set", "id", "issue", "score", "sides"]
    assert list(rows[0]["sides"]) == ["asserts", "denies", "open"]
    statement = rows[0]["sides"]["asserts"][0]["statements"][0]
    found = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert list(statement) == list(found[0]["a"])
    assert rows[0]["score"] == found[0]["score"]


def test_updates_are_listed_where_they_are_asked_for(models_of_claims, capfd):
    command = ["scan", str(EXAMPLES), "--format", "jsonl", "--quiet", *models_of_claims]
    kinds = []
    for more in ([], ["--updates"]):
        assert main([*command, *more]) == 0
        kinds.append([json.loads(line)["kind"] for line in capfd.readouterr().out.splitlines()])
    without, with_updates = kinds
    assert "update" not in without
    assert [kind for kind in with_updates if kind != "update"] == without


def test_bare_sentences_have_no_disputes(models, tmp_path, capfd):
    assert main(["scan", str(EXAMPLES), "--disputes", str(tmp_path / "d.jsonl"), *models]) == 2
    assert "leave out --bare-sentences" in capfd.readouterr().err
