from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import html as lxml_html

from contradict.records import Place, Report, SetResult, Topic
from contradict.report.html import html_bytes
from contradict.report.html_text import claim_parts, likely, read_date, show_date, show_span
from contradict.report.unseen import harmless
from contradict.report.write import write_report
from contradict.verdict import why_update
from report_samples import (
    ATTACKS,
    make_article,
    make_contradiction,
    make_hostile_report,
    make_marks,
    make_position,
    make_report,
    make_side,
)

STYLES = Path(__file__).parents[1] / "src/contradict/report/templates/report.css"
UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def parse(report, marks=(), top=None):
    return lxml_html.document_fromstring(html_bytes(report, marks, top).decode())


def words(element):
    """What is read there, without what is hidden."""

    def read(element):
        if element.get("hidden") is not None:
            return ""
        inner = "".join(f"{read(child)}{child.tail or ''}" for child in element if isinstance(child.tag, str))
        around = "" if element.tag in ("bdi", "b", "mark") else " "
        return f"{around}{element.text or ''}{inner}{around}"

    return " ".join(read(element).split())


def shown(page, query):
    """Elements outside the markup that the script clones."""
    return page.xpath(f"//main{query}[not(ancestor::template)]")


def data_of(page):
    return json.loads(page.get_element_by_id("data").text)


# What an editor asks


def test_the_summary_says_what_was_read_and_what_was_not():
    page = parse(make_report())
    summary = words(page.xpath("//section[@class='read']")[0])
    for figure in (
        "4 articles",
        "6 statements",
        "2 topics",
        "15 pairs compared",
        "4 pairs skipped",
        "2 parts left out",
    ):
        number, name = figure.split(" ", 1)
        assert f"{name} {number}" in summary
    assert "dateline (1), link (1)" in summary
    assert "notes.docx (a Word file); rows.csv, row 17 (the text is empty)" in summary
    assert "6 May 2024 to 7 May 2024, 2 undated" in words(page.xpath("//header[@class='masthead']")[0])


def test_a_dispute_tells_who_says_what_where_when_and_how_sure():
    (dispute,) = shown(parse(make_report()), "//article[contains(@class, 'dispute')]")
    assert words(dispute.find(".//h3")) == "Two ferries collided in fog on Monday night"
    assert "0.97 very likely a contradiction" in words(dispute)
    asserts, denies, leaves_open = (words(column) for column in dispute.xpath(".//section"))
    assert asserts.startswith("Asserts Harbour Times 6 May 2024 the port authority also named port authority")
    assert denies.startswith("Denies or holds what cannot be true with it صحيفة المرسى 7 May 2024 شركة العبارات")
    assert leaves_open.startswith("Leaves open article kabar-3 undated Polisi")
    assert "Left out of its 3 articles: dateline (1), link (1)." in words(dispute)


def test_a_side_that_nobody_takes_is_not_shown():
    report = make_report()
    page = parse(replace(report, disputes=(replace(report.disputes[0], open=()),)))
    (dispute,) = shown(page, "//article[contains(@class, 'dispute')]")
    assert "Leaves open" not in words(dispute)
    assert "Denies" in words(dispute)


def test_the_claim_is_marked_where_it_stands_and_told_where_it_does_not():
    sentences = shown(parse(make_report()), "//blockquote")
    assert [mark.text for mark in sentences[0].findall(".//p//mark") if mark.text] == [
        "Two ferries collided in fog on Monday night"
    ]
    police = next(sentence for sentence in sentences if "Polisi" in words(sentence))
    assert not [mark for mark in police.findall(".//p//mark") if mark.text]
    assert "taken from what stands around it: Two ferries collided" in words(police)


def test_every_statement_links_to_its_place_in_a_full_text():
    page = parse(make_report())
    links = shown(page, "//a[@class='place']")
    assert len(links) >= 11
    for link in links:
        place = page.get_element_by_id(link.get("href")[1:])
        assert place.xpath("ancestor::details[@class='text']")
    first = page.get_element_by_id(links[0].get("href")[1:])
    assert first.text == "Two ferries collided in fog on Monday night, the port authority said."


def test_full_texts_are_whole_and_tell_what_was_left_out():
    report = make_report()
    texts = {
        words(text.find("summary/b")): text.find("div") for text in shown(parse(report), "//details[@class='text']")
    }
    body = texts["Ferries collide"]
    for note in body.findall(".//small"):
        note.drop_tree()
    times = next(article for article in report.sets[0].articles if article.id == "times-1")
    assert " ".join(body.text_content().split()) == " ".join(times.text.split())
    assert "[left out: link]" in words(shown(parse(report), "//details[@class='text']//span[@class='dropped']")[1])


def test_a_contradiction_has_both_directions_in_figures_and_words():
    first, second = shown(parse(make_report()), "//article[contains(@class, 'contradiction')]")
    assert "If the first is true 0.97 very likely 0.03 very unlikely 0.00 very unlikely" in words(first)
    assert "If the second is true 0.90 very likely 0.08 very unlikely 0.02 very unlikely" in words(first)
    assert "denial dispute 1 ferries, تصادم" in words(first)
    assert "Evidence: شركة العبارات denies: “نفت”" in words(first)
    assert "0.61 about as likely as not differing figures sailors, pelaut" in words(second)


def test_the_words_that_make_a_conflict_are_marked_and_said_where_the_pair_is_shown():
    report = make_report()
    page = parse(report, make_marks(report, "collided", "authority", "نفت", "Seven"))
    first, second = shown(page, "//article[contains(@class, 'contradiction')]")
    assert [(mark.text, mark.get("class")) for mark in first.findall(".//p//mark") if mark.text] == [
        ("Two ferries ", None),
        ("collided", "claim word"),
        (" in fog on Monday night", None),
        ("authority", "word"),
        ("نفت", "word"),
        ("وقوع أي تصادم يوم الاثنين", None),
    ]
    sentence = first.find(".//p[@class='sentence']")
    assert sentence.text_content() == "Two ferries collided in fog on Monday night, the port authority said."
    said = [p for p in first.xpath(".//p[@class='heard']") if p.get("hidden") is None]
    assert [words(p).partition(": ") for p in said] == [
        ("Words that make the conflict", ": ", "collided, authority"),
        ("Words that make the conflict", ": ", "نفت"),
    ]
    assert said[1].find("bdi").get("lang") == "ar"
    assert not shown(page, "//section[@id='disputes']//mark[contains(@class, 'word')][text()]")
    assert [mark.text for mark in second.xpath(".//mark[@class='claim word']") if mark.text] == ["Seven"]


def test_how_words_were_marked_is_said_where_any_were_looked_for():
    report = make_report()
    (legend,) = shown(parse(report, make_marks(report)), "//p[@id='words']")
    assert words(legend).startswith("The words that make the conflict are bold and underlined twice. Each word that")
    assert "the probability of a contradiction is at least 25% less" in words(legend)
    (legend,) = shown(parse(report, make_marks(report)[:1]), "//p[@id='words']")
    assert words(legend).endswith("They were looked for in the first 1 pair only.")
    assert not shown(parse(report), "//p[@id='words']")


def test_marks_fall_on_their_words_whatever_was_cleaned_before_them():
    text = "\u200bOn\r\n\u2066Monday  \x07 it\tclosed\u200b, he said."
    side = make_side(make_article("odd", text), text)
    report = make_report()
    report = replace(report, contradictions=(make_contradiction(side, report.contradictions[0].b),))
    page = parse(report, make_marks(report, "Monday", "closed\u200b"))
    (row,) = shown(page, "//article[contains(@class, 'contradiction')]")
    assert [mark.text for mark in row.xpath(".//mark[@class='word']") if mark.text] == ["Monday", "closed"]
    assert row.find(".//p[@class='sentence']").text_content() == "On Monday \ufffd it closed, he said."


def test_a_contradiction_is_counted_in_every_dispute_that_it_is_part_of():
    report = make_report()
    (dispute,) = report.disputes
    again = replace(dispute, id=1, score=0.6, open=())
    page = parse(replace(report, disputes=(dispute, again)))
    counted = [words(one) for one in shown(page, "//article[contains(@class, 'dispute')]//p[@class='sure']/a")]
    assert counted == ["1 contradiction", "1 contradiction"]
    (line, _) = shown(page, "//article[contains(@class, 'contradiction')]/header")
    assert [link.get("href") for link in line.findall(".//a")] == ["#dispute=1", "#dispute=2"]


def test_reprints_are_listed_with_their_places():
    page = parse(make_report())
    (also,) = {words(details) for details in shown(page, "//details[@class='also']")} - {""}
    assert also == "The same sentence in 1 other place article kabar-3 undated Full text: kabar-3"


def test_updates_stand_apart_in_order_of_time_and_undated_ones_last():
    dated, undated = shown(parse(make_report()), "//article[contains(@class, 'update')]")
    assert words(dated).startswith("6 May 2024 to 7 May 2024 Earlier The article itself")
    assert "Seven sailors were hurt." in words(dated).partition("Later")[0]
    assert words(undated).startswith("No exact date At least one of the two has no exact date")


@pytest.mark.parametrize(
    ("one", "other", "when", "order"),
    [
        ("2024-05-06T22:00:00-05:00", "2024-05-07", "6 May 2024 to 7 May 2024", "Earlier"),
        ("2024-05-07T01:00:00+14:00", "2024-05-06T23:00:00-05:00", "6 May 2024 to 7 May 2024", "Earlier"),
        ("2024-05-06T08:00", "2024-05-06T18:00", "6 May 2024", "Both bear the same date"),
        ("2024", "2024-05-01", "No exact date", "At least one of the two has no exact date"),
        (None, "2024-05-01", "No exact date", "At least one of the two has no exact date"),
    ],
)
@pytest.mark.parametrize("is_turned", [False, True])
def test_an_update_is_ordered_by_days_as_its_evidence_is(one, other, when, order, is_turned):
    sides = [
        make_side(make_article(name, f"{name} is open.", published=published), f"{name} is open.")
        for name, published in (("first", one), ("second", other))
    ]
    a, b = reversed(sides) if is_turned else sides
    update = make_contradiction(a, b, kind="update", evidence=why_update(a, b))
    (row,) = shown(parse(replace(make_report(), updates=(update,))), "//article[contains(@class, 'update')]")
    assert words(row).startswith(f"{when} {order}")
    is_known = order == "Earlier"
    assert is_known == ("second" in words(row).partition("Later")[2].partition("Evidence")[0])
    assert is_known == ("Evidence: second (" in words(row))
    assert is_known == ("order unknown" not in words(row))


def test_updates_come_by_days_whatever_their_times_of_day():
    def update(name, published):
        side = make_side(make_article(name, f"{name} is open.", published=published), f"{name} is open.")
        early = make_side(make_article("early", "Nobody knew.", published="2024-05-01"), "Nobody knew.")
        return make_contradiction(early, side, kind="update")

    updates = update("year", "2023"), update("next", "2024-05-07"), update("west", "2024-05-06T22:00:00-05:00")
    rows = shown(parse(replace(make_report(), updates=updates)), "//article[contains(@class, 'update')]")
    assert [words(row).partition(" is open.")[0].split()[-1] for row in rows] == ["west", "next", "year"]


def test_an_article_without_a_source_stands_for_itself():
    page = parse(make_report())
    summary = words(page.xpath("//section[@class='read']")[0])
    assert "1 article names no source; it is listed under its own name." in summary
    article = make_article("001", "Nobody saw it.", set="north")
    side = make_side(article, "Nobody saw it.")
    report = make_report()
    (result,) = report.sets
    found = make_contradiction(side, report.contradictions[0].b)
    page = parse(replace(report, contradictions=(found,), sets=(replace(result, set="north", articles=(article,)),)))
    assert words(shown(page, "//table[@class='matrix']/tbody/tr")[0]).startswith("1 article 001, north")
    assert ("article 001, north",) * 2 in [(one.get("value"), one.text) for one in page.iter("option")]


def test_sources_are_crossed():
    page = parse(make_report())
    rows = [
        [words(cell) for cell in row.xpath("./th | ./td")] for row in shown(page, "//table[@class='matrix']/tbody/tr")
    ]
    assert [row[0] for row in rows] == ["1 Harbour Times", "2 article kabar-3", "3 صحيفة المرسى"]
    assert [[cell.split()[0] for cell in row[1:]] for row in rows] == [list("0112"), list("1001"), list("1001")]
    (link,) = shown(page, "//table[@class='matrix']/tbody/tr[1]/td[3]/a")
    assert link.get("href").startswith("#source=Harbour+Times&against=%D8%B5")


def test_topics_have_their_keywords_sizes_and_contradictions():
    report = make_report()
    (result,) = report.sets
    quiet = Topic(2, None, ("weather",), ())
    page = parse(replace(report, sets=(replace(result, topics=(*result.topics, quiet)),)))
    assert [words(tile) for tile in shown(page, "//ul[@class='tiles']/li")] == [
        "ferries, تصادم 3 statements, 1 contradiction",
        "sailors, pelaut 3 statements, 1 contradiction",
        "weather 0 statements, 0 contradictions",
    ]
    assert [link.get("href") for link in shown(page, "//ul[@class='tiles']//a")] == ["#topic=0", "#topic=1"]


def test_limits_are_stated_and_an_empty_report_says_why():
    page = parse(Report((), (SetResult(None, (), (), (), (), 0, 0),)))
    text = words(page.find(".//main"))
    assert "It does not say who is right" in text
    assert "No contradictions: no article was read." in text
    assert "Every file and row could be read." in text


def test_only_the_first_rows_stand_in_the_markup_and_the_rest_is_announced():
    report = make_report()
    page = parse(replace(report, contradictions=report.contradictions[:1] * 130))
    assert len(shown(page, "//article[contains(@class, 'contradiction')]")) == 100
    assert "30 more contradictions need a script" in page.xpath("string(//section[@id='contradictions']//noscript)")
    assert len(data_of(page)["contradictions"]) == 130


def test_a_page_of_the_strongest_tells_what_was_found_beside_them(tmp_path):
    def found_in(name, score, topic):
        sides = [make_side(make_article(f"{name}-{n}", f"{name} {n}.", set=name), f"{name} {n}.") for n in "ab"]
        return make_contradiction(*sides, score=score, topic=topic)

    contradictions = found_in("north", 0.9, 0), found_in("south", 0.8, 1)
    articles = {found.set: (found.a.article, found.b.article) for found in contradictions}
    sets = [
        SetResult(name, articles.get(name, ()), (), (), (Topic(number, name, (name,), (0, 1)),), 1, 0)
        for number, name in enumerate(("north", "south", "quiet"))
    ]

    def page(top):
        write_report(Report(contradictions, tuple(sets)), "html", tmp_path / "page.html", top=top)
        return lxml_html.document_fromstring((tmp_path / "page.html").read_bytes().decode())

    cut, whole, bare = (words(page(top).find(".//main")) for top in (1, 2, 0))
    assert "The 1 strongest of 2 pairs of statements. What" in cut
    assert "2 pairs of statements, strongest first." in whole
    assert "No contradictions." not in bare
    assert "No source contradicts another." not in bare
    for text in (cut, whole, bare):
        assert re.findall("No contradictions in ([^:]*):", text) == ["quiet"]
    assert "2 articles of which nothing is shown" in cut
    assert len(data_of(page(1))["contradictions"]) == 1
    assert [option.get("value") for option in page(1).xpath("//select[@name='source']/option")] == [
        *("", "article north-a, north", "article north-b, north")
    ]
    (table,) = page(1).xpath("//section[@class='read']//table")
    assert [row[-1].text for row in table.find("tbody")] == ["1", "1", "0"]


@pytest.mark.parametrize(
    ("top", "said", "link"),
    [
        (None, "3 contradictions, scored 0.97 to 0.40", "#dispute=1"),
        (2, "3 contradictions, scored 0.97 to 0.40; 1 shown", "#dispute=1"),
        (0, "3 contradictions, scored 0.97 to 0.40; 0 shown", None),
    ],
)
def test_a_page_of_the_strongest_counts_all_contradictions_of_a_dispute_and_links_to_those_shown(top, said, link):
    report = make_report()
    strongest, other = report.contradictions
    weaker = (replace(strongest, score=0.5, kind="figure"), replace(strongest, score=0.4))
    page = parse(replace(report, contradictions=(strongest, other, *weaker)), top=top)
    (dispute,) = shown(page, "//article[contains(@class, 'dispute')]")
    (counted,) = dispute.xpath(".//p[@class='sure']/a")
    assert (words(counted), counted.get("href")) == (said, link)
    assert "denial, differing figures" in words(dispute.find("header"))
    (row,) = data_of(page)["disputes"]
    assert row.get("of", []) == [n for n in (0, 2, 3) if top is None or n < top]


@pytest.mark.parametrize(
    ("top", "off_the_table", "off_the_map"),
    [
        (None, "42 more sources, with 42 contradictions.", "with 2 statements and 2 contradictions."),
        (61, "41 more sources, with 41 contradictions shown.", "with 2 statements and 1 contradiction shown."),
    ],
)
def test_sources_and_topics_beyond_the_first_have_their_contradictions_counted(top, off_the_table, off_the_map):
    names = [f"{n:02}" for n in range(62)]
    sides = [make_side(make_article(name, "It is so.", source=name), "It is so.") for name in names]
    contradictions = tuple(make_contradiction(side, side, topic=n) for n, side in enumerate(sides))
    topics = tuple(Topic(n, None, (name,), (n,)) for n, name in enumerate(names))
    result = SetResult(None, tuple(side.article for side in sides), (), (), topics, 62, 0)
    text = words(parse(Report(contradictions, (result,)), top=top).find(".//main"))
    assert f"Not in the table: {off_the_table}" in text
    assert f"Not on the map: 2 more topics, {off_the_map}" in text


def test_long_columns_are_folded_up_not_cut():
    article = make_article("long", " ".join(f"Sentence number {n} is here." for n in range(60)))
    sides = [make_side(article, f"Sentence number {n} is here.", f"holder {n // 6}") for n in range(60)]
    positions = tuple(make_position(*sides[n : n + 6]) for n in range(0, 60, 6))
    report = make_report()
    dispute = replace(report.disputes[0], asserts=positions)
    (shown_dispute,) = shown(parse(replace(report, disputes=(dispute,))), "//article[contains(@class, 'dispute')]")
    column = shown_dispute.find(".//section")
    assert "4 more holders" in words(column)
    assert "3 more statements" in words(column)
    assert len(column.xpath(".//blockquote")) == 60


def test_what_cannot_be_placed_is_shown_without_a_link():
    report = make_report()
    stray = make_side(make_article("stray", "Nobody saw it."), "Nobody saw it.", also=[Place("unknown", 0, 3)])
    page = parse(replace(report, contradictions=(make_contradiction(stray, report.contradictions[0].b),)))
    (row,) = shown(page, "//article[contains(@class, 'contradiction')]")
    assert "Nobody saw it." in words(row)
    assert "same sentence" not in words(row)


# Texts from outside


def skeleton(page):
    return [(element.tag, sorted(element.keys())) for element in page.iter() if isinstance(element.tag, str)]


@pytest.fixture(scope="module")
def plain_skeleton():
    report = make_hostile_report("plain")
    return skeleton(parse(report, make_marks(report, "pla")))


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_from_outside_is_text_and_makes_no_element_and_no_attribute(attack, plain_skeleton):
    report = make_hostile_report(attack)
    page = parse(report, make_marks(report, attack[: len(attack) // 2 + 1]))  # a mark tears every tag apart
    assert skeleton(page) == plain_skeleton
    for element in page.iter():
        for name, value in element.items() if isinstance(element.tag, str) else ():
            assert not name.startswith("on")
            assert name not in ("style", "src", "action")
            if name == "href":
                assert value.startswith("#")
    clean = " ".join(harmless(attack).split())
    assert f"t {clean}".strip() in [title.text for title in shown(page, "//details[@class='text']/summary/b")]
    data = data_of(page)
    sentence = "".join(value for part in data["statements"][0]["parts"] for value in part.values())
    assert sentence == f"It is so, said {clean} at noon."
    assert data["articles"][0]["title"] == f"t {clean}".strip()
    assert data["disputes"][0]["issue"] == f"i {clean}".strip()


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if not attack.isascii()])
def test_characters_that_turn_or_hide_text_are_gone(attack):
    assert not UNSEEN.search(html_bytes(make_hostile_report(attack)).decode())


def test_data_cannot_end_its_element():
    content = html_bytes(make_hostile_report("</script><!--<script>")).decode()
    block = content.partition('id="data">')[2].partition("</script>")[0]
    assert not set("<>&") & set(block)
    assert "</script><!--<script>" in json.loads(block)["articles"][0]["title"]


def test_policy_allows_this_style_and_this_script_and_nothing_else():
    page = parse(make_hostile_report("x"))
    (policy,) = page.xpath("/html/head/meta[@http-equiv='Content-Security-Policy']/@content")
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))

    def digest(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    (style,) = page.xpath("//style")
    (script,) = page.xpath("//script[not(@type)]")
    assert directives["default-src"] == "'none'"
    assert directives["style-src"] == digest(style.text)
    assert directives["script-src"] == digest(script.text)
    assert set(directives) == {
        *("default-src", "style-src", "script-src", "base-uri", "form-action"),
        *("require-trusted-types-for", "trusted-types"),
    }
    assert "innerHTML" not in script.text


def test_the_page_names_nothing_outside_itself():
    assert not re.search(rb"https?:|url\(|@import|\bsrc=", html_bytes(make_report()))


def test_languages_and_directions_are_stated():
    page = parse(make_report())
    arabic = [p for p in shown(page, "//p[@class='sentence']") if "نفت" in words(p)]
    assert {(p.get("lang"), p.get("dir")) for p in arabic} == {("ar", "auto")}
    assert page.get("lang") == "en"


def test_the_same_report_gives_the_same_bytes_in_every_process():
    code = (
        "import hashlib, sys; sys.path[:0] = sys.argv[1:];"
        "from report_samples import make_report; from contradict.report.html import html_bytes;"
        "print(hashlib.sha256(html_bytes(make_report())).hexdigest())"
    )
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "src")]
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, *paths],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {f"{hashlib.sha256(html_bytes(make_report())).hexdigest()}\n"}


# Words and dates


@pytest.mark.parametrize(
    ("claim", "marked"),
    [
        ("the bridge is closed", ["the bridge is closed"]),
        ("Police say is closed", ["Police say", "is closed"]),
        ("the bridge was burnt", []),
        (None, []),
    ],
)
def test_claims_are_found_in_one_or_more_parts(claim, marked):
    parts = claim_parts("Police say the bridge is closed.", claim)
    assert [part["claim"] for part in parts if "claim" in part] == marked
    assert "".join(value for part in parts for value in part.values()) == "Police say the bridge is closed."


def test_words_that_stand_scattered_by_chance_are_no_claim():
    assert claim_parts("a b x c x d x e x f", "a c d e f g") == [{"plain": "a b x c x d x e x f"}]
    assert claim_parts("a x b x c x d x e", "a b c d e") == [{"plain": "a x b x c x d x e"}]


@pytest.mark.parametrize(
    ("published", "shown_as"),
    [
        ("2024-10-18", "18 Oct 2024"),
        ("2024-10-18T09:30:00+07:00", "18 Oct 2024, 09:30"),
        ("2024-10", "Oct 2024"),
        ("2024", "2024"),
        ("yesterday", "yesterday"),
        (None, None),
    ],
)
def test_dates_as_people_read_them(published, shown_as):
    assert show_date(published) == shown_as


def test_dates_are_the_days_that_are_stated():
    assert read_date("2024-10-18T23:00:00-05:00") == read_date("2024-10-18") == date(2024, 10, 18)
    assert read_date("2024") == read_date("2024-01") == date(2024, 1, 1)
    assert read_date("2024-13") is None
    assert show_span(["2024-10-19", None, "2024-10-18", "x"]) == "18 Oct 2024 to 19 Oct 2024"
    assert show_span([None]) is None


def test_a_span_runs_forward_by_the_days_that_it_shows():
    assert show_span(["2024-05-06T22:00:00-05:00", "2024-05-07"]) == "6 May 2024 to 7 May 2024"
    assert show_span(["2024-05-07T01:00:00+14:00", "2024-05-06T12:00:00"]) == "6 May 2024 to 7 May 2024"


def test_probabilities_in_words():
    values = (1.0, 0.896, 0.89, 0.5, 0.33, 0.2, 0.05, 0.0)
    assert [likely(value) for value in values] == [
        *("very likely", "very likely", "likely", "about as likely as not", "about as likely as not"),
        *("unlikely", "very unlikely", "very unlikely"),
    ]


# Colours


def themes():
    blocks = re.findall(r":root \{(.*?)\}", STYLES.read_text(encoding="utf-8"), re.DOTALL)
    light = dict(re.findall(r"--([\w-]+): (#\w+)", blocks[0]))
    return {"light": light, "dark": {**light, **dict(re.findall(r"--([\w-]+): (#\w+)", blocks[1]))}}


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *(
            (text, ground)
            for text in ("ink", "soft", "link", "asserts", "denies", "open")
            for ground in ("paper", "sheet")
        ),
        *(("ink", ground) for ground in ("mark", "shade-1", "shade-2", "shade-3", "shade-4", "shade-5")),
        *(("soft", ground) for ground in ("shade-1", "shade-2")),
    ],
)
def test_text_is_legible_on_its_ground(theme, text, ground):
    dark, light = sorted(luminance(themes()[theme][name]) for name in (text, ground))
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, level AA
