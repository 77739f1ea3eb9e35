"""`benchmarks/scale.py`: what follows from measured stages for millions of articles."""

import json
import subprocess
import sys
from math import log
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
DOCUMENT = "# Scale\n\nAbove.\n\n<!-- table: python benchmarks/scale.py -->\n\nold\n\n<!-- end of table -->\n\nBelow.\n"


@pytest.fixture
def scale(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import scale

    return scale


@pytest.fixture
def result(monkeypatch, tmp_path):
    """What `speed.py` writes of scans of 10 and of 20 articles, as its own code writes it."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    from speeds.scans import scan_rows

    rows = []
    for size in (10, 20):
        answer = {
            "seconds": size * 3.61,
            "peak": 500_000_000 + size * 1_000_000,
            "counts": {"statements": size * 30, "pairs": size * 200},
            "stages": {
                "reading and splitting articles": size * 0.01,
                "finding who says what": size * 0.5,
                "reading statements": size * 0.6,
                "judging pairs": size * 2.0,
                "finding pairs and topics": size * 0.1,
                "everything else": size * 0.4,
            },
            "units": {
                "finding who says what": size * 4000,
                "reading statements": size * 30,
                "judging pairs": size * 250,
                "finding pairs and topics": 2,
            },
        }
        slower = answer | {"stages": {name: 3 * taken for name, taken in answer["stages"].items()}}
        faster = answer | {"stages": {name: taken / 3 for name, taken in answer["stages"].items()}}
        rows += [row.to_json() for row in scan_rows(size, [slower, answer, faster], "")]
    path = tmp_path / "speed.json"
    machine = {"cpu": "A processor", "cores": 2}
    written = {"contradict": "1.2.3", "machine": machine, "options": {"cores": None}, "rows": rows}
    path.write_text(json.dumps(written))
    return path


def cells(text):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {name: values for name, *values in rows}


def test_scans_are_read_as_speed_writes_them(scale, result):
    measured = scale.read_scans(result)
    assert [scan.articles for scan in measured.scans] == [10, 20]
    last = measured.scans[-1]
    assert (last.statements, last.peak) == (600, 520e6)
    assert last.seconds["judging pairs"] == pytest.approx(40.0)  # the median of three
    assert last.units["finding who says what"] == 80_000
    assert measured.cores == 2
    assert "A processor" in measured.made_with


def test_the_cores_that_speed_was_told_to_use_count(scale, result):
    written = json.loads(result.read_text())
    written["options"]["cores"] = 1
    result.write_text(json.dumps(written))
    assert scale.read_scans(result).cores == 1


def test_core_hours_are_the_measured_ones_for_each_article(scale, result):
    table = cells(scale.table(scale.read_scans(result), scale.Gpu(312e12, 0.05, 4)))
    hours = 1e6 * 2 * 2.0 / 3600  # articles, cores, seconds an article
    shown = [float(cell.replace(",", "")) for cell in table["core hours, judging pairs"]]
    assert shown == pytest.approx([hours, 10 * hours, 100 * hours], rel=0.05)
    together = float(table["**core hours of the networks**"][0].replace(",", ""))
    assert together == pytest.approx(1e6 * 2 * (0.5 + 0.6 + 2.0) / 3600, rel=0.05)
    rest = float(table["hours of the driver, verdicts and the rest"][0].replace(",", ""))
    assert rest == pytest.approx(1e6 * 0.4 / 3600, rel=0.05)  # on one core
    assert table["statements"] == ["30 million", "300 million", "3,000 million"]
    assert table["vectors of one set"][0] == "46 GB"  # 30 million of 384 numbers of 4 bytes


def test_operations_of_a_token_are_two_for_each_weight_and_attention(scale):
    weights = 12 * (4 * 384 * 384 + 2 * 384 * 1536)
    assert scale.operations(1, 0) == 2 * weights == 42_467_328
    assert scale.operations(10, 100) == 10 * (2 * weights + 12 * 4 * 100 * 384)


def test_gpu_time_is_operations_over_the_stated_share_of_the_peak(scale, result):
    scan = scale.read_scans(result).scans[-1]
    found = scale.gpu_seconds(scan, scale.Gpu(1e12, 0.1, 4))
    pair = 2 * (80_000 / 600 / 4) + 4
    assert found["judging pairs"] == pytest.approx(scale.operations(20 * 250 * pair, pair) / 1e11)
    assert found["finding who says what"] == pytest.approx(scale.operations(80_000 / 4, 512) / 1e11)
    twice = scale.gpu_seconds(scan, scale.Gpu(2e12, 0.1, 4))
    assert all(twice[name] == pytest.approx(found[name] / 2) for name in found)
    table = scale.table(scale.read_scans(result), scale.Gpu(1e12, 0.1, 4))
    assert all("(estimate)" in name for name in cells(table) if "GPU" in name)
    assert "10% of 1 TFLOP/s" in table


def test_pairing_of_one_set_grows_faster_than_its_articles(scale, result):
    scan = scale.read_scans(result).scans[-1]
    assert scale.growth(scan, 20) == pytest.approx(1)
    assert scale.growth(scan, 20_000) == pytest.approx(1000 * log(600_000) / log(600))


def test_memory_grows_by_what_two_scans_differ_by(scale, result):
    scans = scale.read_scans(result).scans
    assert scale.memory(scans, 20) == pytest.approx(520e6)
    assert scale.memory(scans, 1020) == pytest.approx(1520e6)
    with pytest.raises(ValueError, match="two sizes"):
        scale.memory(scans[:1], 1020)


@pytest.mark.embedded
def test_the_networks_have_the_stated_shape(scale):
    from contradict.models.embedded import encoder_folder

    config = json.loads((encoder_folder() / "config.json").read_text())
    shape = config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"]
    assert shape == (scale.LAYERS, scale.HIDDEN, scale.FEED_FORWARD)


def test_links_are_those_of_the_neighbour_graph(scale):
    from contradict import neighbours

    assert scale.LINK_BYTES == 4 * 2 * neighbours._LINKS_PER_NODE


def run(*arguments):
    command = [sys.executable, str(BENCHMARKS / "scale.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_document_gets_the_printed_tables_and_keeps_the_rest(result, tmp_path):
    document = tmp_path / "scale.md"
    document.write_text(DOCUMENT)
    done = run(result, "--write", document)
    assert done.returncode == 0, done.stderr
    written = document.read_text()
    assert done.stdout.strip() in written
    assert "old" not in written
    assert written.startswith("# Scale\n\nAbove.\n\n<!-- table")
    assert written.endswith("<!-- end of table -->\n\nBelow.\n")
    assert run(result, "--write", document).returncode == 0
    assert document.read_text() == written


@pytest.mark.parametrize("text", ["no marks", DOCUMENT.replace("<!-- end of table -->", ""), DOCUMENT * 2])
def test_a_document_without_its_marks_stays_as_it_is(scale, text):
    with pytest.raises(ValueError, match="must hold"):
        scale.replaced(text, "new")


def test_a_result_without_scans_is_refused(tmp_path):
    empty = tmp_path / "speed.json"
    empty.write_text('{"rows": []}')
    done = run(empty)
    assert done.returncode == 2
    assert "holds no scans" in done.stderr


def test_the_committed_document_has_its_marks(scale):
    text = (BENCHMARKS.parent / "docs" / "scale.md").read_text(encoding="utf-8")
    assert scale.replaced(text, "new").count("new\n") == 1
