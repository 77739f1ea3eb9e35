import json
import subprocess
import sys

import pandas as pd
import pytest

from contradict.cli import main
from toys import EXAMPLES


@pytest.fixture
def models(toy_nli, toy_encoder):
    return ["--nli", str(toy_nli), "--encoder", str(toy_encoder), "--device", "cpu"]


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
    assert "contradict:" not in err


@pytest.mark.parametrize("ending", ["table", "csv", "parquet"])
def test_scan_writes_other_formats_to_a_file(models, tmp_path, ending):
    out = tmp_path / f"found.{ending}"
    assert (
        main(["scan", str(EXAMPLES), "--min-score", "0", "--format", ending, "--out", str(out), "--top", "3", *models])
        == 0
    )
    if ending == "parquet":
        assert len(pd.read_parquet(out)) == 3
    elif ending == "csv":
        assert len(pd.read_csv(out)) == 3
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
        (["scan", str(EXAMPLES), "--out", "no/such/folder/x.jsonl"], "no/such/folder"),
        (["score", "no/such/file.csv"], "No such file"),
        (["score", "BAD.csv"], "no column hypothesis; columns found: premise"),
        (["benchmark", "LABELS.csv"], "no usable row; the first, row 2: label is 'maybe'"),
    ],
)
def test_bad_input_gives_one_line_and_status_2(models, toy_only, tmp_path, capfd, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "BAD.csv").write_text("premise\nhujan turun\n")
    (tmp_path / "LABELS.csv").write_text("premise,hypothesis,label\nhujan turun,banjir,maybe\n")
    assert main([*arguments, *(models if arguments[0] == "scan" else toy_only)]) == 2
    out, err = capfd.readouterr()
    assert message in err
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("contradict: ")
    assert out == ""


def test_score_keeps_columns_and_order(toy_only, tmp_path):
    pairs, out = tmp_path / "pairs.csv", tmp_path / "judged.csv"
    rows = pd.DataFrame({"id": [3, 1, 2], "p": ["hujan turun", "polisi", "kota"], "h": ["banjir", "the army", "hujan"]})
    rows.to_csv(pairs, index=False)
    options = ["--premise", "p", "--hypothesis", "h", "--out", str(out)]
    assert main(["score", str(pairs), *options, *toy_only]) == 0
    judged = pd.read_csv(out)
    assert judged["id"].tolist() == [3, 1, 2]
    assert set(judged.columns) == {"id", "p", "h", "entailment", "neutral", "contradiction", "score"}
    assert judged[["entailment", "neutral", "contradiction"]].sum(axis=1).tolist() == pytest.approx([1, 1, 1], abs=1e-3)


def test_benchmark_prints_and_saves_figures_with_intervals(toy_only, tmp_path, capsys):
    file = tmp_path / "pairs.jsonl"
    labels = ["entailment", "neutral", "contradiction"] * 8
    rows = [{"premise": "hujan turun", "hypothesis": "banjir kota", "label": label} for label in labels]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    assert main(["benchmark", str(file), "--out", str(tmp_path / "results"), *toy_only]) == 0
    assert "33.3" in capsys.readouterr().out
    result = json.loads((tmp_path / "results" / "results.json").read_text())["results"][0]
    assert result["rows"] == 24
    assert result["accuracy"]["value"] == pytest.approx(1 / 3, abs=1e-3)
    assert result["accuracy"]["low"] < 1 / 3 < result["accuracy"]["high"]


def test_train_then_score_with_what_was_trained(toy_encoder, tmp_path, capsys):
    file = tmp_path / "pairs.csv"
    file.write_text("premise,hypothesis,label\n" + "hujan turun,banjir,0\nkota,polisi,1\nhujan,tidak hujan,2\n" * 4)
    out = tmp_path / "run"
    assert (
        main(["train", "--data", str(file), "--out", str(out), "--encoder", str(toy_encoder), "--device", "cpu"]) == 0
    )
    model = capsys.readouterr().out.strip()
    assert model == str(out / "model")
    assert main(["score", str(file), "--nli", model, "--device", "cpu"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 12


@pytest.mark.parametrize("command", ["scan", "score", "benchmark", "train", "cache"])
def test_every_command_has_an_example_in_its_help(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"Example: contradict {command}" in capsys.readouterr().out


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, contradict; print([name for name in ('torch', 'numpy', 'pandas') if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
