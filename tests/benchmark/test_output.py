from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import warnings
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from contradict.benchmark.metrics import FIGURES
from contradict.benchmark.output.page import to_page
from contradict.benchmark.output.plots import draw
from contradict.benchmark.output.results import to_json
from contradict.benchmark.output.summary import summarise
from contradict.benchmark.output.terminal import print_benchmark
from contradict.benchmark.output.write import write_outputs
from contradict.benchmark.records import BenchmarkReport, Comparison, Cost, Estimate, Group, SystemResult

NAN = float("nan")
LANGUAGES = "ar bg de el en es fr hi id ko ru sw th tr ur zh".split()
HOSTILE = '<script>alert("1")</script> $x_{\x1b[31m 한국어'
PNG = b"\x89PNG\r\n\x1a\n"


def make_figures(**changes):
    """Every figure has a value of its own, so that one shown in place of another is seen."""
    figures = {name: Estimate(0.5 + i / 100, 0.47 + i / 100, 0.53 + i / 100) for i, name in enumerate(FIGURES)}
    alarms = {"false_alarms": Estimate(120, 100, 150), "false_alarms_symmetric": Estimate(90, 80, 104)}
    return {**figures, **alarms, **changes}


def make_group(set="pairs", language=None, genre=None, rows=90, items=90, contradictions=30, confusion=None, **figures):
    confusion = confusion or ((20, 5, 5), (4, 21, 5), (3, 2, 25))
    return Group(set, language, genre, rows, items, contradictions, make_figures(**figures), confusion)


def make_system(name="small model", kind="model", groups=None, **fields):
    return SystemResult(name, kind, 0.3, tuple(groups or [make_group()]), **fields)


def make_report(*systems, comparisons=(), sets=("pairs",), run=None):
    systems = systems or (make_system(),)
    about = tuple(
        {"name": name, "rows": 90, "digest": "0af1", "origin": {"file": f"{name}.csv", "licence": "CC0"}, "notes": ()}
        for name in sets
    )
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3 == 2
    curves = {
        system.name: (labels, rng.uniform(0, 0.7, 90) + 0.3 * labels) for system in systems if system.kind == "model"
    }
    return BenchmarkReport(systems, tuple(comparisons), about, curves, run or {})


def make_hostile_report():
    groups = [
        make_group(HOSTILE, language, genre)
        for language, genre in [(None, None), (HOSTILE, None), ("", None), (None, "</td>")]
    ]
    long = "organisation/" + "model-with-a-long-name-" * 5
    systems = [make_system(name, groups=groups) for name in ("_hidden", HOSTILE, long)]
    comparisons = [Comparison(HOSTILE, long, HOSTILE, "accuracy", Estimate(0.1, 0.05, 0.15), 0.01)]
    run = {"command": f"contradict benchmark {HOSTILE}", "versions": {"numpy": HOSTILE}}
    return make_report(*systems, comparisons=comparisons, sets=[HOSTILE], run=run)


@pytest.fixture(scope="module")
def pictures():
    return draw(make_report())


def show(report, width=80):
    text = io.StringIO()
    print_benchmark(report, Console(file=text, width=width, force_terminal=False))
    return text.getvalue()


def row_after(text, *starts):
    """The figures of the first line that starts with the last of the words, after lines that start with the others."""
    lines = iter(text.splitlines())
    for start in starts:
        found = next(line for line in lines if line.strip().startswith(start))
    return re.split(r"\s{2,}", found.strip())[1:]


class Page(HTMLParser):
    """What a browser would find on a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text.append(" ".join(data.split()))

    def find(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def test_terminal_shows_both_directions_of_every_system_on_every_set():
    second = replace(make_group("second"), figures=make_figures(precision=Estimate(0.123, 0.1, 0.14)))
    groups = [make_group("all"), make_group("first"), second]
    text = show(
        make_report(make_system(groups=groups), make_system("coin", "baseline", groups), sets=("first", "second"))
    )
    found = "Contradictions found"
    one_way = ["52.0 ±3.0", "53.0 ±3.0", "54.0 ±3.0", "55.0 ±3.0", "56.0 ±3.0", "120 ±25"]
    assert row_after(text, "Right labels" and "── Right", "all:", "small model") == ["50.0 ±3.0", "51.0 ±3.0"]
    assert row_after(text, f"── {found}", "first:", "small model", "one way") == one_way
    assert row_after(text, f"── {found}", "first:", "coin", "both ways")[:2] == ["60.0 ±3.0", "61.0 ±3.0"]
    assert row_after(text, f"── {found}", "second:", "coin", "one way")[0] == "12.3 ±2.0"
    assert row_after(text, "── How far", "all:", "coin") == ["57.0 ±3.0", "0.580 ±0.030", "65.0 ±3.0", "0.660 ±0.030"]


@pytest.mark.parametrize("width", [80, 100, 120])
def test_tables_fit_the_terminal_whatever_the_names_are(width):
    text = show(make_hostile_report(), width)
    wide = [line for line in text.splitlines() if cell_len(line) > width and "±" in line]
    assert not wide
    assert max(cell_len(line) for line in show(make_report(), width).splitlines()) <= width


def test_terminal_and_page_show_names_as_text_only():
    report = make_hostile_report()
    text, page = show(report), to_page(report, [])
    assert "\x1b" not in text + page
    assert '<script>alert("1")</script> $x_{�[31m 한국어' in text
    assert not Page(page).find("script")
    assert any('<script>alert("1")</script> $x_{�[31m 한국어' in part for part in Page(page).text)


def test_undefined_figures_are_dashes_with_a_reason():
    none = dict.fromkeys(("recall", "average_precision", "average_precision_symmetric"), Estimate(NAN, NAN, NAN))
    group = make_group(contradictions=0, precision=Estimate(NAN, NAN, NAN), f1=Estimate(0.2, NAN, NAN), **none)
    report = make_report(make_system(groups=[group]))
    text = show(report)
    assert row_after(text, "── Contra", "pairs:", "small", "one way")[:4] == ["–", "–", "20.0", "–"]
    assert "–: undefined, since no pair is labelled a contradiction (pairs)" in text
    assert "–: undefined, since no pair reaches the threshold (pairs)" in text
    assert "no interval: there are too few independent pairs (pairs)" in text
    assert "Undefined, since no pair is labelled a contradiction: average precision both ways." in " ".join(
        summarise(report)
    )
    assert "nan" not in text.casefold() + " ".join(Page(to_page(report, [])).text).casefold()


def test_languages_genres_confusion_cost_and_notes_are_shown():
    groups = [make_group(), make_group(language="sw", rows=40), make_group(genre="radio")]
    cost = Cost(directions=180, seconds=9.0, tokens=5400, peak_memory=2_000_000_000, disk=5_500_000, device="cpu")
    report = make_report(make_system(groups=groups, cost=cost))
    report = replace(report, sets=({**report.sets[0], "notes": ("2 rows repeat another",)},))
    text = show(report)
    assert row_after(text, "── By language", "pairs: small", "sw")[:3] == ["40", "50.0 ±3.0", "51.0 ±3.0"]
    assert row_after(text, "── By genre", "pairs: small", "radio")[0] == "90"
    assert row_after(text, "── Confusion", "pairs: small", "neutral") == ["4", "21", "5"]
    assert row_after(text, "── Cost", "small") == ["90", "10", "600", "2,000 MB", "5.5 MB", "cpu"]
    assert "pairs: 2 rows repeat another" in text
    assert "By language" not in show(make_report())


def test_pairs_of_two_labels_have_a_matrix_of_two():
    text = show(make_report(make_system(groups=[make_group(confusion=((50, 10), (6, 24)))])))
    assert row_after(text, "── Confusion", "pairs: small", "contradiction") == ["6", "24"]


@pytest.mark.parametrize(
    ("figure", "difference", "p_value", "said"),
    [
        ("accuracy", 0.1, 0.01, "better"),
        ("accuracy", -0.1, 0.01, "worse"),
        ("false_alarms_symmetric", -40, 0.01, "better"),
        ("ece", 0.1, 0.01, "worse"),
        ("accuracy", 0.1, 0.05, "unclear"),
        ("accuracy", 0.0, 0.0, "unclear"),
        ("accuracy", NAN, NAN, "–"),
    ],
)
def test_verdict_follows_sign_and_p_value(figure, difference, p_value, said):
    comparison = Comparison("small model", "coin", "pairs", figure, Estimate(difference, NAN, NAN), p_value)
    text = show(make_report(make_system(), make_system("coin", "baseline"), comparisons=[comparison]))
    assert row_after(text, "── Differences", "small model compared with coin", "pairs:")[-1] == said


def test_comparisons_show_difference_interval_and_p_value():
    comparison = Comparison("a", "b", "pairs", "average_precision_symmetric", Estimate(0.031, -0.002, 0.064), 0.0004)
    report = make_report(make_system("a"), make_system("b"), comparisons=[comparison])
    assert row_after(show(report), "── Diff", "a compared", "pairs: AP both ways")[:3] == [
        "+3.1",
        "-0.2 to +6.4",
        "<0.001",
    ]
    assert summarise(report)[-1] == "a compared with b: better in average precision both ways (+3.1 points, p <0.001)."


def test_summary_says_model_data_and_main_figures_with_intervals():
    summary = summarise(make_report())
    assert (
        summary[0]
        == "small model was measured on 90 labelled pairs of pairs; 33.3% of the pairs are labelled contradictions."
    )
    assert summary[1] == "50.0% (95% interval 47.0 to 53.0) of the pairs get the right label (accuracy, one way)."
    assert "90 (95% interval 80 to 104) false alarms among 1,000 pairs" in summary[5]


def test_results_hold_everything_but_curves():
    calibration = {"temperature": 1.25, "fitted_on": {"rows": np.int64(500)}}
    cost = Cost(180, 8.123456789, 5400, 2, 3, "cpu")
    system = make_system(
        groups=[make_group(accuracy=Estimate(0.123456789, NAN, NAN))],
        cost=cost,
        digest="ab",
        calibration=calibration,
    )
    comparison = Comparison("small model", "coin", "pairs", "accuracy", Estimate(0.1, 0.0, 0.2), 0.25)
    report = make_report(system, comparisons=[comparison], run={"seeds": {"bootstrap": 0}, "folder": Path("out")})
    text = to_json(report)
    results = json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    assert list(results) == ["schema", "run", "sets", "systems", "comparisons"]
    assert results["schema"] == 1
    assert results["run"] == {"seeds": {"bootstrap": 0}, "folder": "out"}
    assert results["sets"][0]["origin"] == {"file": "pairs.csv", "licence": "CC0"}
    measured = results["systems"][0]
    assert measured["groups"][0]["figures"]["accuracy"] == {"value": 0.123457, "low": None, "high": None}
    assert list(measured["groups"][0]["figures"]) == list(FIGURES)
    assert measured["groups"][0]["confusion"][1] == [4, 21, 5]
    assert measured["calibration"]["fitted_on"]["rows"] == 500
    assert measured["cost"]["seconds"] == 8.123457
    assert results["comparisons"][0]["difference"] == {"value": 0.1, "low": 0.0, "high": 0.2}
    assert to_json(report) == text


def test_page_needs_nothing_else(pictures):
    report = make_report(run={"command": "contradict benchmark 'my pairs.csv'", "versions": {"numpy": "2.1"}})
    page = Page(to_page(report, pictures))
    assert page.find("html")[0]["lang"] == "en"
    assert not page.find("script") + page.find("link") + page.find("iframe")
    addresses = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href")]
    assert addresses
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in addresses)
    assert {link["href"][1:] for link in page.find("a")} <= {each["id"] for each in page.find("h2")}
    assert "contradict benchmark 'my pairs.csv'" in page.text
    assert {"47.0 to 53.0", "CC0", "0af1", "2.1"} <= set(page.text)


def test_page_can_be_read_aloud(pictures):
    page = Page(to_page(make_report(), pictures))
    assert [image["alt"] for image in page.find("img")] == [picture.alt for picture in pictures]
    assert "small model: ECE 65.0 ±3.0" in pictures[0].alt
    assert "small model: AP 63.0 ±3.0" in pictures[1].alt
    assert len(page.find("caption")) == len(page.find("table"))
    assert all("scope" in heading for heading in page.find("th"))


def test_pictures_show_all_models_and_grow_with_the_languages(pictures):
    groups = [make_group(), *(make_group(language=language) for language in LANGUAGES)]
    names = [f"model {number}" for number in range(9)]
    grown = draw(make_report(*(make_system(name, groups=groups) for name in names)))
    assert [picture.file for picture in grown] == ["reliability.png", "precision_recall.png", "languages.png"]
    for picture in grown:
        assert picture.content.startswith(PNG)
        assert all(name in picture.alt for name in names)
    assert height(grown[2]) > 10 * height(pictures[2])


def height(picture):
    return int.from_bytes(picture.content[20:24], "big")


def test_pictures_of_nothing_to_draw_and_of_hostile_names():
    group = make_group(rows=1, items=1, contradictions=0, average_precision_symmetric=Estimate(NAN, NAN, NAN))
    one_row = make_report(make_system(groups=[group]))
    one_row = replace(one_row, curves={"small model": (np.array([False]), np.array([0.1]))})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pictures = [*draw(one_row), *draw(make_hostile_report())]
    assert all(picture.content.startswith(PNG) for picture in pictures)
    assert "hidden: ECE" in pictures[3].alt


def test_outputs_are_written_and_the_page_holds_the_pictures(tmp_path):
    report = make_report(run={"command": "contradict no_text-\udcff.csv"})
    write_outputs(report, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"results.json", "index.html", "reliability.png", "precision_recall.png", "languages.png"}
    assert json.loads((tmp_path / "results.json").read_bytes()) == json.loads(to_json(report))
    images = Page((tmp_path / "index.html").read_text()).find("img")
    held = [b64decode(image["src"].partition(",")[2]) for image in images]
    assert held == [
        (tmp_path / f"{name}.png").read_bytes() for name in ("reliability", "precision_recall", "languages")
    ]


def test_outputs_want_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="make it first"):
        write_outputs(make_report(), tmp_path / "missing")


def test_drawing_changes_no_settings_and_loads_late():
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import contradict.benchmark.output.terminal, contradict.benchmark.output.write
from test_output import draw, make_report
print({{"matplotlib", "jinja2", "sklearn"}} & set(sys.modules))
draw(make_report())
print("matplotlib.pyplot" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["set()", "False"]


def test_page_shows_what_is_needed_of_a_calibration():
    fitted_on = {"sets": [{"name": "pairs", "rows": 90}], "target": {"share": 0.0125}}
    calibration = {"temperature": 1.375, "threshold": 0.625, "digest": "ab12", "fitted_on": fitted_on}
    page = Page(to_page(make_report(make_system(calibration=calibration)), []))
    assert {"1.375", "0.625", "ab12", "0.0125"} <= set(page.text)
    assert "{" not in "".join(page.text[page.text.index("Systems") :])


def test_a_calibration_in_use_is_told_with_the_share_that_it_is_for():
    calibration = {"temperature": 1.375, "fitted_on": {"target": {"share": 0.0125}}}
    told = " ".join(summarise(make_report(make_system(calibration=calibration))))
    assert "are corrected (temperature 1.375) and moved to a share of 1.2% contradictions" in told
    assert "corrected" not in " ".join(summarise(make_report(make_system())))


def test_alternative_text_shows_names_as_they_are():
    pictures = draw(make_report(make_system("US$ model")))
    assert all("US$ model" in picture.alt for picture in pictures)


def test_picture_of_many_languages_keeps_the_largest(pictures):
    groups = [make_group(rows=9000), *(make_group(language=f"l{n}", rows=n + 60) for n in range(300))]
    largest = [groups[0], *groups[-119:]]
    many, kept = (draw(make_report(make_system(groups=each)))[2] for each in (groups, largest))
    assert many.content == kept.content
    assert "120 largest are shown, 181 are not" in many.caption
    assert "largest" not in kept.caption + pictures[2].caption
