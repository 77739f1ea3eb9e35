import re
import tomllib
from importlib import resources

import numpy as np
import pandas as pd
import pytest

from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL
from contradict.training.quantities import figure_pairs

SENTENCES = {
    "ar": "نقلت الحافلة 15 راكبا إلى المدينة.",
    "bg": "Пожарът унищожи 15 къщи край реката.",
    "de": "Das Feuer zerstörte 15 Häuser am Fluss.",
    "el": "Η φωτιά κατέστρεψε 15 σπίτια κοντά στο ποτάμι.",
    "en": "The fire destroyed 15 houses near a river.",
    "es": "El fuego destruyó 15 casas junto al río.",
    "fa": "آتش ۱۵ خانه در کنار رودخانه ویران کرد.",
    "fr": "Le feu a détruit 15 maisons le long du fleuve.",
    "he": "השריפה הרסה 15 בתים ליד הנהר.",
    "hi": "आग में नदी किनारे 15 घर जल गए।",
    "id": "Kebakaran itu menghanguskan 15 rumah di tepi sungai.",
    "it": "Il fuoco ha distrutto 15 case vicino al fiume.",
    "ja": "火事で川沿いの家15軒が焼けた。",
    "ko": "화재로 강가의 주택 15채가 탔다.",
    "nl": "De brand verwoestte 15 huizen bij een rivier.",
    "pl": "Pożar zniszczył 15 domów nad rzeką.",
    "pt": "O fogo destruiu 15 casas perto do rio.",
    "ru": "Пожар уничтожил 15 домов у реки.",
    "sw": "Moto uliteketeza nyumba 15 kando ya mto.",
    "th": "ไฟเผารถ 15 คันริมแม่น้ำ",
    "tr": "Yangın nehir kıyısında 15 ev yaktı.",
    "ur": "آگ نے دریا کنارے 15 گھر جلا دیے۔",
    "vi": "Đám cháy thiêu rụi 15 ngôi nhà ven sông.",
    "zh": "大火烧毁了河边15间房屋。",
}


def make(*texts, language="en", runs=15):
    """The pairs of some runs: a run makes only three of a text."""
    rows = pd.DataFrame(
        {"premise": [*texts], "hypothesis": "", "label": NEUTRAL, "premise_lang": language, "dataset": "own"}
    )
    made = [figure_pairs(rows, 3, np.random.default_rng(seed)) for seed in range(runs)]
    return pd.concat(made, ignore_index=True).drop_duplicates()


def labels(pairs):
    return {(row.premise, row.hypothesis): row.label for row in pairs.itertuples()}


def languages():
    path = resources.files("contradict").joinpath("quantities.toml")
    return tomllib.loads(path.read_text("utf-8"))


def test_all_languages_are_known():
    assert set(languages()) == set(SENTENCES)


@pytest.mark.parametrize("language", SENTENCES)
def test_every_language_gives_pairs_of_every_label(language):
    pairs = make(SENTENCES[language], language=language)
    assert set(pairs["label"]) == {ENTAILMENT, NEUTRAL, CONTRADICTION}
    assert (pairs["premise"] != pairs["hypothesis"]).all()
    assert (pairs["premise_lang"] == language).all()


@pytest.mark.parametrize(
    ("language", "text", "at_least", "at_most"),
    [
        ("en", "A storm damaged 50 boats.", "at least", "at most"),
        ("de", "Ein Sturm beschädigte 50 Boote.", "mindestens", "höchstens"),
        ("id", "Badai itu merusak 50 perahu.", "setidaknya", "paling banyak"),
        ("tr", "Şiddetli fırtına 50 tekneye zarar verdi.", "en az", "en fazla"),
        ("zh", "风暴损坏了50条船。", "至少", "最多"),
    ],
)
def test_labels_follow_from_the_figures(language, text, at_least, at_most):
    met = set()
    for (premise, hypothesis), label in labels(make(text, language=language, runs=150)).items():
        one, other = (int(re.search(r"\d+", each)[0]) for each in (premise, hypothesis))
        if premise == text and at_least in hypothesis:
            expected, kind = ENTAILMENT if other <= one else CONTRADICTION, "at least"
        elif premise == text and at_most in hypothesis:
            expected, kind = ENTAILMENT if other >= one else CONTRADICTION, "at most"
        elif at_least in premise and hypothesis == text.replace("50", str(other)):
            expected, kind = NEUTRAL if other > one else CONTRADICTION, "premise"
        elif premise == text.replace("50", str(one)) and hypothesis == text.replace("50", str(other)):
            expected, kind = CONTRADICTION, "other"
        else:
            continue
        assert label == expected, (premise, hypothesis)
        met.add((kind, expected))
    assert met == {
        *[(kind, label) for kind in ("at least", "at most") for label in (ENTAILMENT, CONTRADICTION)],
        *[("premise", label) for label in (NEUTRAL, CONTRADICTION)],
        ("other", CONTRADICTION),
    }


def test_about_goes_with_a_rounding_and_not_with_another_figure():
    found = set()
    for (_, hypothesis), label in labels(make("The fair drew 4,870 visitors.", runs=60)).items():
        if match := re.search(r"(?:about|around|roughly) ([\d,]+)", hypothesis):
            is_near = abs(int(match[1].replace(",", "")) - 4870) <= 0.05 * 4870
            assert label == (ENTAILMENT if is_near else CONTRADICTION)
            found.add(match[1])
    assert "4,900" in found or "5,000" in found
    assert len(found) > 1


@pytest.mark.parametrize(
    ("language", "text", "same"),
    [
        ("en", "They sold 7 paintings.", "They sold seven paintings."),
        ("en", "7 paintings were sold.", "Seven paintings were sold."),
        ("en", "They sold 1,500 tickets.", "They sold 1500 tickets."),
        ("de", "Verkauft wurden 1500 Karten.", "Verkauft wurden 1.500 Karten."),
        ("fr", "On a vendu 8500 billets.", "On a vendu 8\u202f500 billets."),
        ("id", "Mereka menjual 2.500 karcis.", "Mereka menjual 2500 karcis."),
        ("fa", "آن‌ها ۷ تابلو فروختند.", "آن‌ها هفت تابلو فروختند."),
        ("ja", "絵を7枚売った。", "絵を七枚売った。"),
    ],
)
def test_the_same_figure_in_other_writing_is_entailed_both_ways(language, text, same):
    found = labels(make(text, language=language, runs=40))
    assert found[text, same] == found[same, text] == ENTAILMENT


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [
        ("en", "They sold 2,500 tickets.", r"\d,\d{3}|\d{4}"),
        ("es", "Vendieron boletos por $2.500 ayer.", r"\$\d\.\d{3}|\$\d{4}"),
        ("de", "Verkauft wurden 2,5 Tonnen Obst.", r"\d+,\d"),
        ("fa", "آن‌ها ۸۵ تابلو فروختند.", "[۰-۹]{2}"),
        ("hi", "उन्होंने ८५ चित्र बेचे।", "[०-९]{2}"),
    ],
)
def test_another_figure_is_written_as_the_first(language, text, written):
    pairs = make(text, language=language)
    assert len(pairs)
    for each in {*pairs["premise"], *pairs["hypothesis"]}:
        assert re.search(r"\$?\d[\d.,]*\d", each)[0] in (*re.findall(written, each),)


def test_another_figure_is_clearly_another():
    text = "The crew freed 60 miners."
    pairs = make(text, runs=40)
    plain = re.compile(r"The crew freed (\w+) miners\.")
    others = {int(match[1]) for each in pairs["hypothesis"] if (match := plain.fullmatch(each)) and match[1] != "60"}
    assert others
    assert all(15 <= other <= 46 or 78 <= other <= 240 for other in others)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The bridge opened in 1987 near a market."),
        ("en", "The bridge opened on 5 May."),
        ("en", "The bridge opened at 7 sharp."),
        ("en", "An F-16 landed there."),
        ("en", "The COVID-19 wards were full."),
        ("en", "Leaders of the G20 met there."),
        ("en", "She boarded Apollo 13 there."),
        ("en", "Our team won 2-1 again."),
        ("en", "It was his 5th win."),
        ("en", "Call 5550123 now."),
        ("en", "Section 4 explains it."),
        ("en", "Agent 007 returned home."),
        ("en", "They sold 5 cows and 8 goats."),
        ("en", "They sold 1 cow."),
        ("en", "They sold at least 5 cows."),
        ("en", "They sold 5 cows at most."),
        ("en", "They did not sell 5 cows."),
        ("en", "If they sell 5 cows, they leave."),
        ("en", "Did they sell 5 cows?"),
        ("en", "They sold 5 or six cows."),
        ("en", "They sold 5 cows" + " to a neighbour" * 20 + "."),
        ("id", "Rapat itu berlangsung pada 5 Mei."),
        ("id", "Ia lahir tahun 45 di desa."),
        ("de", "Es geschah am 5. Mai."),
        ("ja", "会議は5月に開かれた。"),
        ("ko", "회의는 5월에 열렸다."),
        ("zh", "他在第5个房间。"),
        ("hi", "yah 15 ghar hai"),
        ("xx", "They sold 5 cows."),
    ],
)
def test_what_is_no_sure_quantity_is_left_alone(language, text):
    assert make(text, language=language).empty


@pytest.mark.parametrize(("language", "text"), [("ru", "Там стоят 3 дома."), ("pl", "Stoją tam 3 domy.")])
def test_the_noun_keeps_the_form_that_its_figure_asks_for(language, text):
    pairs = make(text, language=language)
    assert len(pairs)
    for each in {*pairs["premise"], *pairs["hypothesis"]}:
        assert int(re.search(r"\d+", each)[0]) % 10 in (2, 3, 4)


def test_rows_keep_their_source_columns_and_types():
    rows = pd.DataFrame(
        {
            "premise": ["They fed 25 horses."],
            "hypothesis": ["Mereka memberi makan 40 kuda."],
            "label": [NEUTRAL],
            "premise_lang": ["en"],
            "hypothesis_lang": ["id"],
            "dataset": ["own"],
            "item": ["own:1"],
            "two_way": [True],
        }
    )
    pairs = figure_pairs(rows, 6, np.random.default_rng(0))
    assert list(pairs) == list(rows)
    assert pairs["label"].dtype == rows["label"].dtype
    assert set(pairs["premise_lang"]) == {"en", "id"}
    assert (pairs["premise_lang"] == pairs["hypothesis_lang"]).all()
    assert set(pairs["item"]) == {"own:1"}
    assert not pairs["two_way"].any()


def test_count_is_kept_and_labels_are_balanced():
    texts = [f"The village of two brothers owns {number} fields." for number in range(20, 220)]
    rows = pd.DataFrame({"premise": texts, "hypothesis": "", "label": 0, "premise_lang": "en"})
    pairs = figure_pairs(rows, 150, np.random.default_rng(0))
    assert len(pairs) == 150
    assert pairs["label"].value_counts(normalize=True).between(0.2, 0.5).all()
    has_qualifier = pairs["hypothesis"].str.contains("at least|at most|more than|less than|over|under|no less|about")
    assert pairs[has_qualifier]["label"].value_counts(normalize=True).max() < 0.6


def test_the_same_seed_gives_the_same_rows():
    rows = pd.DataFrame(
        {"premise": list(SENTENCES.values()), "hypothesis": "", "label": 0, "premise_lang": list(SENTENCES)}
    )
    one, same, other = (figure_pairs(rows, 40, np.random.default_rng(seed)) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


def test_no_figure_gives_no_rows_and_no_language_is_an_error():
    rows = pd.DataFrame({"premise": ["Nothing here."], "hypothesis": ["Nor here."], "label": [0], "premise_lang": "en"})
    assert figure_pairs(rows, 5, np.random.default_rng(0)).empty
    with pytest.raises(ValueError, match="premise_lang"):
        figure_pairs(rows.drop(columns="premise_lang"), 5, np.random.default_rng(0))
