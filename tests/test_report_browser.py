"""The HTML report in a browser: needs playwright (from PyPI) and Debian's chromium."""

from __future__ import annotations

import shutil
import time
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from contradict.report.html import html_bytes
from report_samples import ATTACKS, make_hostile_report, make_large_report, make_marks, make_report

CHROMIUM = shutil.which("chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]

SECONDS_TO_OPEN = 3
# A row as it is read: tags, attributes and text of what is not hidden.
READ_ROWS = """(name) => {
  const read = (element) => element.hidden ? "" : {
    tag: element.tagName,
    attributes: [...element.attributes].map(({ name, value }) => name + "=" + value).sort(),
    text: [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join(""),
    inner: [...element.children].map(read).filter(Boolean),
  };
  return [...document.getElementById(name + "-list").children].map(read);
}"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM)
        yield found
        found.close()


@pytest.fixture
def open_page(browser, tmp_path):
    """Opens a report as a file; what it loads, says or asks is noted in `page.noise`."""
    contexts = []

    def open_report(report, fragment="", marks=(), **options):
        path = tmp_path / "report.html"
        path.write_bytes(html_bytes(report, marks))
        context = browser.new_context(**options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.noise = []
        page.on("console", lambda message: page.noise.append(message.text))
        page.on("pageerror", lambda error: page.noise.append(str(error)))
        page.on("dialog", lambda dialog: (page.noise.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: page.noise.append(request.url))
        page.address = path.as_uri()
        page.goto(page.address + fragment)
        assert page.noise.pop(0).startswith(page.address)
        return page

    yield open_report
    for context in contexts:
        context.close()


def counts(page):
    return {name: page.locator(f"#{name}-list > .row").count() for name in ("disputes", "contradictions", "updates")}


def view(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).fragment).items()}


def wait_until(page, condition, *about):
    """Asks again and again from outside: the page's policy forbids a script that does."""
    deadline = time.perf_counter() + 60
    while not page.evaluate(condition, *about):
        assert time.perf_counter() < deadline, condition
        time.sleep(0.02)


def choose(page, **fields):
    if page.locator("#finder").get_attribute("open") is None:
        page.locator("#finder > summary").click()
    for name, value in fields.items():
        field = page.locator(f"#filters [name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    wait_until(
        page,
        "wanted => Object.entries(wanted).every(([name, value]) =>"
        " (new URLSearchParams(location.hash.slice(1)).get(name) || '') === value)",
        fields,
    )


def use_everything(page):
    """Searches, opens a full text and unfolds all; says how many elements there were before and after."""
    size = "document.querySelectorAll('*').length"
    before = page.evaluate(size)
    choose(page, q="so")
    page.locator(".place:visible").first.click()
    page.locator("#reader-close").click()
    choose(page, q="")
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")
    return before, page.evaluate(size)


@pytest.mark.parametrize("group", range(4))
def test_text_from_outside_does_nothing(open_page, group):
    def open_hostile(attack, torn):
        report = make_hostile_report(attack)
        return open_page(report, marks=make_marks(report, torn))

    sizes = use_everything(open_hostile("plain", "pla"))
    for attack in ATTACKS[group::4]:
        page = open_hostile(attack, attack[: len(attack) // 2 + 1])
        assert use_everything(page) == sizes, attack
        assert page.evaluate("window.hacked") is None, attack
        assert page.noise == [], attack
        page.close()


def test_the_script_makes_the_rows_that_the_markup_has(open_page):
    report = make_report()
    page = open_page(report, marks=make_marks(report, "collided", "نفت"))
    assert page.locator("#contradictions-list mark.word:visible").all_inner_texts() == ["collided", "نفت"]
    for name in ("disputes", "contradictions", "updates"):
        before = page.evaluate(READ_ROWS, name)
        page.evaluate("location.hash = 'q=nothing+has+this'")
        wait_until(page, "document.querySelectorAll('.list > .row').length === 0")
        page.evaluate("location.hash = ''")
        wait_until(page, "document.querySelectorAll('.list > .row').length === 5")
        assert page.evaluate(READ_ROWS, name) == before
    assert page.noise == []


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"source": "صحيفة المرسى"}, (1, 1, 2)),
        ({"source": "Harbour Times", "against": "article kabar-3"}, (0, 1, 0)),
        ({"language": "Arabic"}, (1, 1, 2)),
        ({"kind": "differing figures"}, (0, 1, 0)),
        ({"topic": "1"}, (0, 1, 2)),
        ({"score": "0.8"}, (1, 1, 1)),
        ({"dispute": "1"}, (1, 1, 0)),
        ({"q": "PELAUT"}, (0, 1, 2)),
        ({"q": "ferries fog"}, (1, 1, 0)),
        ({"q": "التصادم"}, (1, 1, 2)),
        ({"q": "no such word"}, (0, 0, 0)),
    ],
)
def test_filters_and_search_narrow_the_lists_and_live_in_the_address(open_page, fields, left):
    page = open_page(make_report())
    choose(page, **fields)
    found = dict(zip(("disputes", "contradictions", "updates"), left, strict=True))
    assert counts(page) == found
    assert view(page) == fields
    assert f"{left[1]} of 2 contradictions" in page.locator("#status").inner_text()
    sent = open_page(make_report(), page.url.removeprefix(page.address))
    assert counts(sent) == found
    for name, value in fields.items():
        assert sent.locator(f"#filters [name={name}]").input_value() == value
    sent.locator("#show-all").click()
    assert counts(sent) == {"disputes": 1, "contradictions": 2, "updates": 2}
    assert view(sent) == {}
    assert page.noise == sent.noise == []


def test_a_view_that_the_report_does_not_have_breaks_nothing(open_page):
    page = open_page(make_report(), "#place=p9-9&topic=x&score=high&disputes=-3&source=%3Cb%3E&kind=__proto__&%00=%FF")
    assert counts(page) == {"disputes": 0, "contradictions": 0, "updates": 0}
    assert page.noise == []


def test_figures_of_the_matrix_and_topics_lead_to_their_pairs(open_page):
    page = open_page(make_report())
    page.locator(".matrix a").first.click()
    wait_until(page, "document.activeElement.id === 'contradictions-title'")
    assert counts(page)["contradictions"] == 1
    page.locator(".tiles a").nth(1).click()
    wait_until(page, "new URLSearchParams(location.hash.slice(1)).get('topic') === '1'")
    assert view(page) == {"topic": "1"}
    page.go_back()
    wait_until(page, "location.hash.includes('source')")
    assert page.locator("#filters [name=topic]").input_value() == ""


def test_a_statement_opens_at_its_place_and_the_place_can_be_sent(open_page):
    page = open_page(make_report())
    page.locator("#disputes .place").first.click()
    page.wait_for_selector("#reader[open]")
    sentence = "Two ferries collided in fog on Monday night, the port authority said."
    assert page.locator("#reader mark").inner_text() == sentence
    assert page.evaluate("document.activeElement.textContent") == sentence
    sent = open_page(make_report(), page.url.removeprefix(page.address))
    assert sent.locator("#reader mark").inner_text() == sentence
    page.go_back()
    page.wait_for_selector("#reader:not([open])", state="attached")
    assert view(page) == {}
    assert page.noise == sent.noise == []


def test_the_keyboard_suffices(open_page):
    page = open_page(make_report())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "disputes-title"
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "place":
            break
    page.evaluate("window.before = document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_selector("#reader[open]")
    assert page.evaluate("document.activeElement.tagName") == "MARK"
    page.keyboard.press("Escape")
    page.wait_for_selector("#reader:not([open])", state="attached")
    assert page.evaluate("document.activeElement === window.before")
    page.locator("#finder > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("pelaut")
    wait_until(page, "location.hash === '#q=pelaut'")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator("#finder").get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_everything_that_can_be_used_has_a_name(open_page):
    page = open_page(make_report())
    nameless = page.evaluate(
        """[...document.querySelectorAll("a, button, summary, input, select, dialog, nav, [role=region]")]
        .filter((element) => !element.closest("[hidden], template"))
        .filter((element) => ![element, ...element.labels || []].some(({ textContent }) => textContent.trim()))
        .filter((element) => !element.ariaLabel && !element.getAttribute("aria-labelledby"))
        .map((element) => element.outerHTML)"""
    )
    assert nameless == []
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5')].filter((heading) => !heading.closest('dialog'))"
        ".map((heading) => Number(heading.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(open_page, width, scheme):
    page = open_page(make_report(), viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 246)"
    assert light == (scheme == "light")


def test_the_sides_of_a_dispute_stand_level(open_page):
    page = open_page(make_report(), viewport={"width": 1280, "height": 800})
    tops = page.locator("#disputes .column h4").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(tops) == 3
    assert len(set(tops)) == 1


def test_the_filters_do_not_cover_how_much_is_shown(open_page):
    page = open_page(make_report(), viewport={"width": 390, "height": 800})
    choose(page, q="pelaut")
    status, filters = (page.locator(name).bounding_box() for name in ("#status", "#filters"))
    assert status["height"] > 0
    assert filters["y"] >= status["y"] + status["height"]
    assert filters["y"] + filters["height"] <= 800


def test_arabic_runs_from_right_to_left(open_page):
    page = open_page(make_report())
    sentence = page.locator("#disputes .sentence[lang=ar]").first
    assert sentence.evaluate("p => getComputedStyle(p).direction") == "rtl"
    assert page.locator("#disputes .sentence[lang=en]").first.evaluate("p => getComputedStyle(p).direction") == "ltr"
    title = page.locator("#disputes .place bdi[lang=ar]").first
    assert title.evaluate("name => getComputedStyle(name).unicodeBidi") == "isolate"


def test_it_is_readable_without_scripts(open_page):
    page = open_page(make_report(), java_script_enabled=False)
    assert page.locator("#disputes .dispute").is_visible()
    assert page.locator("noscript p").first.is_visible()
    assert not page.locator("#finder").is_visible()
    page.locator("#disputes .place").first.click()
    place = page.locator(".cited:target")
    place.wait_for(state="visible")
    assert place.inner_text().startswith("Two ferries collided")


def test_print_shows_what_is_folded_up_and_no_controls(open_page):
    page = open_page(make_report())
    page.emulate_media(media="print")
    assert not page.locator("#finder").is_visible()
    assert page.locator("#contradictions .also li").first.is_visible()


def test_ten_thousand_contradictions_open_in_three_seconds_and_are_soon_searched(browser, tmp_path):
    path = tmp_path / "large.html"
    path.write_bytes(html_bytes(make_large_report()))
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.goto("about:blank")
    work = Stopwatch(page)
    page.goto(path.as_uri())
    page.wait_for_selector("#contradictions-pager:not([hidden])", state="attached")
    assert work.seconds() < 3
    for fragment in ("q=engineer+day", "source=Gazette+7&score=0.5", "contradictions=50"):
        work = Stopwatch(page)
        page.evaluate(
            """(fragment) => new Promise((done) => {
            location.hash = fragment;
            addEventListener("hashchange", () => requestAnimationFrame(() => setTimeout(done, 0)), { once: true });
            })""",
            fragment,
        )
        assert work.seconds() < 1, fragment
        assert 0 < counts(page)["contradictions"] <= 100
    page.locator("#contradictions-pager button").last.click()
    wait_until(page, "document.activeElement.id === 'contradictions-title'")
    assert view(page) == {"contradictions": "51"}
    assert page.locator("#contradictions-list h3").first.inner_text() == "No. 5,001"
    page.close()


class Stopwatch:
    """How long a page took: by the clock or, where other work kept it waiting, by its own computing time."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable")
        self.began = self.now()

    def now(self):
        metrics = {one["name"]: one["value"] for one in self.session.send("Performance.getMetrics")["metrics"]}
        return time.perf_counter(), metrics["ProcessTime"]

    def seconds(self):
        return min(after - before for before, after in zip(self.began, self.now(), strict=True))
