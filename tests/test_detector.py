import dataclasses
import json

import numpy as np
import pytest

from contradict import Article, Detector, DetectorConfig
from contradict.calibration import Calibration
from contradict.records import MIN_SCORE, Articles, Attribution, Unreadable
from contradict.report.rows import contradiction_row
from counting_engine import CountingEngine

STORIES = {
    "one": "Pemerintah mengirim pasukan ke kota. Hujan turun di kota hari Senin. Jembatan sungai itu ditutup polisi.",
    "two": "Pemerintah tidak mengirim pasukan ke kota. Jembatan sungai dibuka polisi kota. Kantor menteri tutup Senin.",
    "three": "The army sent police to the city. The minister denied the army opened the bridge. Rain closed the river.",
}


def make_articles(names=STORIES, **fields):
    return Articles(tuple(Article(id=name, text=STORIES[name], language="id", **fields) for name in names))


@pytest.fixture(scope="module")
def detector(toy_nli, toy_encoder):
    return Detector(toy_nli, toy_encoder, device="cpu", config=DetectorConfig(min_score=0.0, claims=False))


def lines(report):
    return [json.dumps(contradiction_row(found), ensure_ascii=False) for found in report]


def test_every_judged_pair_is_reported_strongest_first(detector):
    report = detector.scan(make_articles())
    assert len(report) == report.sets[0].pairs_judged > 0
    scores = [found.score for found in report]
    assert scores == sorted(scores, reverse=True)
    assert report[0] is report.contradictions[0]
    assert len(report[:2]) == 2


def test_the_score_is_the_one_that_judge_gives(detector):
    found = detector.scan(make_articles())[0]
    judged = detector.judge([(found.a.statement.text, found.b.statement.text)])[0]
    assert found.score == pytest.approx(judged.score, abs=0.02)


def test_statements_stand_where_they_say(detector):
    for found in detector.scan(make_articles()):
        for side in (found.a, found.b):
            statement = side.statement
            assert side.article.text[statement.start : statement.end] == statement.text


def test_pairs_are_of_two_articles_unless_asked_otherwise(toy_nli, toy_encoder, detector):
    across = detector.scan(make_articles())
    assert all(found.a.article.id != found.b.article.id for found in across)
    config = DetectorConfig(min_score=0.0, claims=False, within_articles=True)
    within = Detector(toy_nli, toy_encoder, device="cpu", config=config).scan(make_articles(["one"]))
    assert len(within) > 0


def test_a_reprint_with_one_added_paragraph_contradicts_nothing_in_itself(detector):
    added = " Hujan menutup sungai hari Senin."
    articles = [Article("agency", STORIES["one"], language="id"), Article("reprint", STORIES["one"] + added)]
    report = detector.scan(articles)
    assert [statement.articles for statement in report.sets[0].statements] == [
        *[frozenset(["agency", "reprint"])] * 3,
        frozenset(["reprint"]),
    ]
    assert len(report) == report.sets[0].pairs_judged == 0


def test_where_reprints_overlap_the_places_shown_are_of_two_articles(detector):
    one, two = "Pemerintah mengirim pasukan ke kota.", "Pemerintah tidak mengirim pasukan ke kota."
    texts = {"a": f"{one} {two}", "b": f"Hujan turun. {one}", "c": f"Kantor tutup hari Senin. {two}"}
    report = detector.scan([Article(name, text, language="id") for name, text in texts.items()])
    shown = {(found.a.statement.text, found.b.statement.text): found for found in report}
    sides = shown[one, two].a, shown[one, two].b
    assert [side.article.id for side in sides] == ["b", "c"]
    for side in sides:
        statement = side.statement
        assert statement.article == side.article.id
        assert side.article.text[statement.start : statement.end] == statement.text
        assert [place.article for place in statement.also] == ["a"]
    for found in report:
        assert found.a.article.id not in found.b.statement.articles
        assert found.b.article.id not in found.a.statement.articles


class Speakers(CountingEngine):
    """Whoever the first sentence of an article names says all of it."""

    def attributions(self, parts):
        return [[Attribution(own[0].text.split()[0], "asserts", each.text) for each in own] for _, own in parts]

    def probabilities(self, pairs):
        return np.full((len(pairs), 3), [0.01, 0.01, 0.98], np.float32)


def test_a_repeated_sentence_is_of_whoever_says_it_there():
    shut, back = "Kata dia jembatan kota ditutup Senin.", "Jembatan kota dibuka Senin."
    told = {"a": ("Rahmat", f"{shut} {back}"), "b": ("Lestari", shut), "c": ("Budi", back)}
    articles = [
        Article(name, f"{who} datang ke pasar desa. {text}", language="id") for name, (who, text) in told.items()
    ]
    report = Detector(engine=Speakers(), config=DetectorConfig(min_score=0.0)).scan(articles)
    (found,) = (found for found in report if {found.a.statement.text, found.b.statement.text} == {shut, back})
    assert [(each.article.id, each.attribution.speaker) for each in (found.a, found.b)] == [
        ("b", "Lestari"),
        ("c", "Budi"),
    ]


class Voices(Speakers):
    """Whoever a sentence names first says it, but in articles of one sentence nobody is known to."""

    def attributions(self, parts):
        return [
            [Attribution(each.text.split()[0] if len(own) > 1 else None, "asserts", each.text) for each in own]
            for _, own in parts
        ]


@pytest.mark.parametrize("within_articles", [False, True])
@pytest.mark.parametrize("reprint", ["a", "z"])
def test_a_reprint_of_one_side_hides_no_contradiction_within_an_article(reprint, within_articles):
    sent = "Seoul said that Pyongyang shipped 1,500 troops abroad."
    denied = "Pyongyang denied that any soldiers were sent to the front."
    articles = [Article("m", f"{sent} {denied}", language="en"), Article(reprint, denied, language="en")]
    config = DetectorConfig(min_score=0.0, within_articles=within_articles)
    (found,) = Detector(engine=Voices(), config=config).scan(articles)
    assert [(each.article.id, each.statement.article) for each in (found.a, found.b)] == [("m", "m")] * 2
    assert [each.statement.text for each in (found.a, found.b)] == [sent, denied]
    assert found.b.article.text[found.b.statement.start : found.b.statement.end] == denied
    assert [(place.article, place.start) for place in found.b.statement.also] == [(reprint, 0)]
    assert [each.attribution.speaker for each in (found.a, found.b)] == ["Seoul", "Pyongyang"]


def test_shown_places_are_in_order_with_their_own_topic_and_judgement(detector):
    one, two = "Pemerintah mengirim pasukan ke kota.", "Pemerintah tidak mengirim pasukan ke kota."
    texts = {"a": f"{one} {two}", "m": f"Hujan turun. {two}", "z": f"Kantor tutup hari Senin. {one}"}
    report = detector.scan([Article(name, text, language="id") for name, text in texts.items()])
    found = next(found for found in report if {found.a.statement.text, found.b.statement.text} == {one, two})
    assert (found.a.article.id, found.b.article.id) == ("m", "z")
    assert found.a.statement.text == two
    judged = detector.judge([(two, one)])[0]
    assert found.judgement.a_b.contradiction == pytest.approx(judged.a_b.contradiction, abs=0.02)


def test_within_articles_statements_stay_where_they_are(toy_nli, toy_encoder):
    config = DetectorConfig(min_score=0.0, claims=False, within_articles=True)
    copies = [Article(name, STORIES["one"], language="id") for name in "ab"]
    report = Detector(toy_nli, toy_encoder, device="cpu", config=config).scan(copies)
    assert len(report) > 0
    assert {side.article.id for found in report for side in (found.a, found.b)} == {"a"}


def test_articles_made_by_hand_are_made_consistent(detector):
    unreadable = Unreadable("lost.txt", None, "the text is empty")
    twice = [dataclasses.replace(article, id="same") for article in make_articles()]
    twice[1] = dataclasses.replace(twice[1], set="")
    report = detector.scan(Articles(tuple(twice), (unreadable,)))
    assert [sorted(article.id for article in result.articles) for result in report.sets] == [
        ["same", "same-2", "same-3"]
    ]
    assert report.unreadable == (unreadable,)


def test_same_input_same_output(detector):
    assert lines(detector.scan(make_articles())) == lines(detector.scan(make_articles()))


def test_the_order_of_the_articles_does_not_matter(detector):
    assert lines(detector.scan(make_articles())) == lines(detector.scan(make_articles(["three", "one", "two"])))


def test_weak_contradictions_are_left_out(detector, toy_nli, toy_encoder):
    scores = [found.score for found in detector.scan(make_articles())]
    middle = (scores[0] + scores[-1]) / 2
    config = DetectorConfig(min_score=middle, claims=False)
    strong = Detector(toy_nli, toy_encoder, device="cpu", config=config).scan(make_articles())
    assert [found.score for found in strong] == pytest.approx([score for score in scores if score >= middle])
    assert strong.sets[0].pairs_judged == len(scores)


def test_without_a_least_score_the_models_threshold_is_taken(detector, toy_nli, toy_encoder):
    scores = [found.score for found in detector.scan(make_articles())]
    middle = (scores[0] + scores[-1]) / 2
    for calibration, least in ((Calibration(threshold=middle), middle), (None, MIN_SCORE)):
        config = DetectorConfig(claims=False)
        judged = Detector(toy_nli, toy_encoder, calibration=calibration, device="cpu", config=config).scan(
            make_articles()
        )
        assert [found.score for found in judged] == pytest.approx([score for score in scores if score >= least])
    config = DetectorConfig(min_score=0.0, claims=False)
    calibrated = Detector(toy_nli, toy_encoder, calibration=Calibration(threshold=1.0), device="cpu", config=config)
    assert len(calibrated.scan(make_articles())) == len(scores)


def test_the_cap_is_told(toy_nli, toy_encoder, detector):
    judged = detector.scan(make_articles()).sets[0].pairs_judged
    config = DetectorConfig(min_score=0.0, claims=False, max_pairs=2)
    capped = Detector(toy_nli, toy_encoder, device="cpu", config=config).scan(make_articles())
    assert (capped.sets[0].pairs_judged, capped.sets[0].pairs_skipped) == (2, judged - 2)


def test_sets_are_kept_apart(detector):
    mixed = [
        dataclasses.replace(article, set=name, id=f"{name}/{article.id}")
        for name in "ab"
        for article in make_articles()
    ]
    report = detector.scan(Articles(tuple(mixed)))
    assert [result.set for result in report.sets] == ["a", "b"]
    assert all(found.set == found.a.article.set == found.b.article.set for found in report)
    assert [topic.id for topic in report.topics] == list(range(len(report.topics)))
    alone = detector.scan(make_articles())
    assert len([found for found in report if found.set == "a"]) == len(alone)


def test_every_statement_has_a_topic(detector):
    result = detector.scan(make_articles()).sets[0]
    assert sorted(s for topic in result.topics for s in topic.statements) == list(range(len(result.statements)))


def test_a_lone_article_needs_no_models_where_holders_do_not_count():
    config = DetectorConfig(claims=False)
    report = Detector("no/such-model", "no/such-model", config=config).scan([STORIES["one"]])
    assert len(report) == 0
    assert len(report.sets[0].statements) == 3


def test_reprints_are_one_voice(detector):
    copies = Articles(tuple(Article(id=f"copy-{n}", text=STORIES["one"], language="id") for n in range(5)))
    report = detector.scan(copies)
    assert len(report.sets[0].statements) == 3
    assert len(report.sets[0].statements[0].also) == 4
    assert len(report) == 0


def test_stages_report_progress(toy_nli, toy_encoder, toy_tagger):
    from contextlib import contextmanager

    done = {}

    @contextmanager
    def progress(description, total):
        def advance(count):
            done[description] = done.get(description, 0) + count / total

        yield advance

    detector = Detector(toy_nli, toy_encoder, tagger=toy_tagger, device="cpu", progress=progress)
    detector.scan(make_articles())
    assert list(done) == [
        *(
            "Loading the encoder",
            "Loading the tagger",
            "Finding who says what",
            "Reading statements",
            "Finding pairs and topics",
            "Loading the NLI model",
            "Judging pairs",
        )
    ]
    loaded_or_done_once = [name for name in done if name != "Judging pairs"]  # sentences, then claims
    assert [done[name] for name in loaded_or_done_once] == pytest.approx([1] * len(loaded_or_done_once))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"min_score": 1.5}, "min_score is 1.5"),
        ({"neighbours": 0}, "neighbours is 0"),
        ({"max_pairs": 0}, "max_pairs is 0"),
    ],
)
def test_impossible_settings_are_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        DetectorConfig(**setting)


@pytest.fixture(scope="module")
def of_claims(toy_nli, toy_encoder, toy_tagger):
    config = DetectorConfig(min_score=0.0)
    return Detector(toy_nli, toy_encoder, tagger=toy_tagger, device="cpu", config=config)


def test_with_claims_every_judged_pair_is_a_contradiction_or_an_update(of_claims):
    report = of_claims.scan(make_articles())
    assert len(report) + len(report.updates) == report.sets[0].pairs_judged > 0
    assert {found.kind for found in report.updates} <= {"update"}
    assert "update" not in {found.kind for found in report}
    assert all(found.a.attribution.stance for found in (*report, *report.updates))


def test_every_contradiction_stands_in_a_dispute(of_claims):
    report = of_claims.scan(make_articles())
    stands = [
        {
            (side.article.id, side.statement.start)
            for positions in (dispute.asserts, dispute.denies)
            for position in positions
            for side in position.sides
        }
        for dispute in report.disputes
    ]
    for found in report:
        ends = {(side.article.id, side.statement.start) for side in (found.a, found.b)}
        assert any(ends <= statements for statements in stands)
    assert [dispute.id for dispute in report.disputes] == list(range(len(report.disputes)))


def test_with_claims_the_order_of_the_articles_does_not_matter(of_claims):
    first, second = (of_claims.scan(make_articles(names)) for names in (STORIES, ["three", "one", "two"]))
    assert lines(first) == lines(second)
    assert [dispute.issue for dispute in first.disputes] == [dispute.issue for dispute in second.disputes]


class Weighed(CountingEngine):
    """Corrects to a share of contradictions."""

    def __init__(self, log_weights):
        super().__init__()
        self.log_weights = log_weights

    def probabilities(self, pairs):
        odds = super().probabilities(pairs) * np.exp(np.array(self.log_weights or (0.0, 0.0, 0.0)))
        return (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)


def test_claims_are_judged_without_a_correction_to_another_share_and_bare_sentences_with_it():
    def scores(log_weights, **config):
        detector = Detector(engine=Weighed(log_weights), config=DetectorConfig(min_score=0.0, **config))
        return [found.score for found in detector.scan(make_articles())]

    few = (0.5, 0.5, -2.0)
    assert scores(few) == pytest.approx(scores(()), abs=1e-3)
    assert max(scores(few, claims=False)) < max(scores((), claims=False))
