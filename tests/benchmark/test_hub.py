import shutil
from pathlib import Path

import pytest

from contradict.benchmark.groups import pool
from contradict.benchmark.hub import known_sets
from contradict.benchmark.sets import load_set
from contradict.labelled_pairs import PairColumns
from contradict.labels import CONTRADICTION, ENTAILMENT, LABELS, NEUTRAL

E, N, C = ENTAILMENT, NEUTRAL, CONTRADICTION
PAIR = ("premise", "hypothesis")
SENTENCES = ("sentence1", "sentence2")
SHAPES = [
    # name, file of the split on the hub, columns of the texts, names of the numbers 0 to 2 there, language
    ("indonli", "indonli/test_lay/0000.parquet", PAIR, LABELS, "id"),
    ("indonli@test_expert", "indonli/test_expert/0000.parquet", PAIR, LABELS, "id"),
    ("indonli@validation", "indonli/validation/0000.parquet", PAIR, LABELS, "id"),
    ("xnli:fr", "fr/test-00000-of-00001.parquet", PAIR, LABELS, "fr"),
    ("xnli:zh@validation", "zh/validation-00000-of-00001.parquet", PAIR, LABELS, "zh"),
    ("snli", "plain_text/test-00000-of-00001.parquet", PAIR, LABELS, "en"),
    ("multinli", "data/validation_matched-00000-of-00001.parquet", PAIR, LABELS, "en"),
    ("multinli@validation_mismatched", "data/validation_mismatched-00000-of-00001.parquet", PAIR, LABELS, "en"),
    ("anli", "plain_text/test_r1-00000-of-00001.parquet", PAIR, LABELS, "en"),
    ("anli@test_r3", "plain_text/test_r3-00000-of-00001.parquet", PAIR, LABELS, "en"),
    ("klue-nli", "nli/validation-00000-of-00001.parquet", PAIR, LABELS, "ko"),
    ("ocnli", "ocnli/validation-00000-of-00001.parquet", SENTENCES, ("neutral", "entailment", "contradiction"), "zh"),
    ("jnli", "JNLI/validation/0000.parquet", SENTENCES, ("entailment", "contradiction", "neutral"), "ja"),
]


@pytest.fixture(autouse=True)
def no_hub(monkeypatch, tmp_path):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def write_split(folder, file, columns, label_feature=None):
    from datasets import Dataset, Features, Value

    features = Features(dict.fromkeys(columns, Value("string")) | {"label": label_feature or Value("int64")})
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    Dataset.from_dict(columns, features=features).to_parquet(path)
    return folder


def texts(count):
    return [f"Teks {number}." for number in range(count)]


@pytest.mark.parametrize(("name", "file", "columns", "order", "language"), SHAPES)
def test_every_set_is_read_as_the_hub_has_it(tmp_path, name, file, columns, order, language):
    first, second = columns
    data = {first: texts(5), second: texts(5)[::-1], "source": texts(5), "label": [2, 0, 1, -1, 0]}
    source = write_split(tmp_path / "hub", file, data)
    (source / file).with_name("index.duckdb").touch()
    split = file.split("/")[-2] if file.endswith("/0000.parquet") else file.split("/")[-1].partition("-")[0]
    for other in {*known_sets()[name.partition("@")[0].partition(":")[0]].splits} - {split}:
        write_split(source, file.replace(split, other), {column: cells[:1] for column, cells in data.items()})
    found = load_set(name, source=source)
    assert found.premises == ["Teks 0.", "Teks 1.", "Teks 2.", "Teks 4."]
    assert found.hypotheses == ["Teks 4.", "Teks 3.", "Teks 2.", "Teks 0."]
    assert [LABELS[label] for label in found.labels] == [order[2], order[0], order[1], order[0]]
    assert found.languages.tolist() == [language] * 4
    assert not found.two_way
    assert found.notes == ("1 of 5 rows left out: no label (-1) (row 4)",)


def test_every_set_of_three_labels_in_the_table_has_its_shape_here():
    shapes = {name.partition("@")[0].partition(":")[0] for name, *_ in SHAPES}
    assert shapes | {"daccord"} == set(known_sets())


def test_contradictions_in_french_are_of_two_ways(tmp_path):
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "daccord_dataset.tsv").write_text(
        "id\tpremise\thypothesis\tlabel\tlabel_text\turl\tgenre\n"
        'a1\tLe pont est fermé.\t" Le pont est ""ouvert"". "\t1\tcontradiction\thttp\tville\n'
        "a2\tLe pont est fermé.\tIl pleut.\t0\tcompatibles\thttp\tclimat\n"
        "a3\tLe pont est fermé.\tIl neige.\t-1\t\thttp\tclimat\n",
        "utf-8",
    )
    found = load_set("daccord", source=folder)
    assert found.two_way
    assert found.name == "daccord@train"
    assert found.hypotheses == [' Le pont est "ouvert". ', "Il pleut."]
    assert found.labels.tolist() == [C, N]
    assert found.genres.tolist() == ["ville", "climat"]
    assert found.languages.tolist() == ["fr", "fr"]


def test_parallel_rows_are_one_item_in_all_languages(tmp_path):
    from datasets import ClassLabel, Dataset, Features, Translation, TranslationVariableLanguages

    languages = ["de", "en", "sw"]
    features = Features(
        premise=Translation(languages=languages),
        hypothesis=TranslationVariableLanguages(languages=languages),
        label=ClassLabel(names=LABELS),
    )
    path = tmp_path / "hub" / "all_languages" / "test-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    rows = [
        {
            "premise": {language: f"{language} premise {number}" for language in languages},
            "hypothesis": {language: f"{language} hypothesis {number}" for language in languages[: 3 - number]},
            "label": label,
        }
        for number, label in enumerate([2, 1])
    ]
    Dataset.from_list(rows, features=features).to_parquet(path)
    found = load_set("xnli", source=tmp_path / "hub")
    assert found.name == "xnli:all_languages@test"
    assert found.languages.tolist() == ["de", "en", "sw", "de", "en"]
    assert found.items.tolist() == [0, 0, 0, 1, 1]
    assert found.labels.tolist() == [C, C, C, N, N]
    pairs = list(zip(found.premises, found.hypotheses, strict=True))
    assert pairs[1] == ("en premise 0", "en hypothesis 0")
    assert pairs[4] == ("en premise 1", "en hypothesis 1")
    assert found.notes == ("1 of 6 rows left out: hypothesis is empty (row 2)",)
    other = {"premise": texts(3), "hypothesis": texts(3), "label": [-1, 1, 0]}
    source = write_split(tmp_path / "hub", "tr/test-00000-of-00001.parquet", other)
    assert pool([found, load_set("xnli:tr", source=source)]).items.tolist() == [0, 0, 0, 1, 1, 1, 2]


def test_row_numbers_are_one_item_in_parallel_configurations_of_one_split_alone(tmp_path):
    data = {"premise": texts(2), "hypothesis": texts(2), "label": [2, 1]}
    for file in ("fr/test", "de/test", "de/validation"):
        source = write_split(tmp_path / "hub", f"{file}-00000-of-00001.parquet", data)
    sets = [load_set(name, source=source) for name in ("xnli:de", "xnli:fr", "xnli:de@validation")]
    assert pool(sets).items.tolist() == [0, 1, 0, 1, 2, 3]
    for file in ("test_r1", "test_r2"):
        source = write_split(tmp_path / "anli", f"plain_text/{file}-00000-of-00001.parquet", data)
    others = [load_set(f"anli@{split}", source=source) for split in ("test_r1", "test_r2")]
    assert [each.item_names for each in others] == [None, None]
    assert pool(others).items.tolist() == [0, 1, 2, 3]


def test_genres_and_origin_of_a_known_set(tmp_path):
    data = {"premise": texts(3), "hypothesis": texts(3), "label": [0, 1, 2], "source": ["airbnb", "wikinews", None]}
    source = write_split(tmp_path / "hub", "nli/validation-00000-of-00001.parquet", data)
    found = load_set("klue-nli", source=source)
    assert found.genres.tolist() == ["airbnb", "wikinews", ""]
    assert found.origin == {
        "hub": "klue/klue",
        "folder": "hub",
        "split": "validation",
        "configuration": "nli",
        "licence": "CC BY-SA 4.0",
        "citation": known_sets()["klue-nli"].citation,
    }


def test_a_card_with_other_configurations_and_sizes_is_no_hindrance(tmp_path):
    data = {"premise": texts(3), "hypothesis": texts(3), "label": [0, 1, 2]}
    source = write_split(tmp_path / "hub", "fr/test-00000-of-00001.parquet", data)
    configurations = [
        f"- config_name: {name}\n  data_files:\n  - split: test\n    path: {name}/test-*\n" for name in ("fr", "de")
    ]
    sizes = (
        "dataset_info:\n- config_name: fr\n  splits:\n  - {name: test, num_examples: 5010, num_bytes: 9}\n"
        "  - {name: validation, num_examples: 2490, num_bytes: 9}\n"
    )
    (source / "README.md").write_text(f"---\n{sizes}configs:\n{''.join(configurations)}---\n")
    assert len(load_set("xnli:fr", source=source)) == 3


def test_other_sets_of_the_hub_are_read_with_the_columns_named(tmp_path):
    data = {"text": texts(3), "claim": texts(3)[::-1], "label": [1, 0, 1]}
    source = write_split(tmp_path / "hub", "test.parquet", data)
    columns = PairColumns("text", "claim", two_way=("0", "1"))
    found = load_set("owner/name@test", columns, source=source)
    assert (found.name, found.two_way) == ("owner/name@test", True)
    assert found.hypotheses[0] == "Teks 2."
    assert found.labels.tolist() == [C, N, C]
    assert (found.origin["hub"], found.origin["split"]) == ("owner/name", "test")
    with pytest.raises(ValueError, match="owner/name@test: no column premise, hypothesis; columns found: text, claim"):
        load_set("owner/name@test", source=source)


def test_the_commit_that_was_fetched_is_stated(tmp_path):
    import datasets

    commit = "0123456789abcdef0123456789abcdef01234567"
    data = {"premise": texts(3), "hypothesis": texts(3), "label": [0, 1, 2]}
    source = write_split(tmp_path / "name", "test.parquet", data)
    assert "commit" not in load_set("owner/name@test", source=source).origin
    kept = Path(datasets.load_dataset(str(source), split="test").cache_files[0]["filename"]).parent
    shutil.copytree(kept, tmp_path / "cache" / "owner___name" / "default" / "0.0.0" / commit)
    found = load_set("owner/name@test")
    assert found.premises == texts(3)
    assert found.origin["commit"] == commit


def test_names_of_labels_on_the_hub_go_before_their_order(tmp_path):
    from datasets import ClassLabel

    data = {"sentence1": texts(4), "sentence2": texts(4), "label": [0, 1, 2, -1]}
    feature = ClassLabel(names=["contradiction", "neutral", "entailment"])
    source = write_split(tmp_path / "hub", "ocnli/validation-00000-of-00001.parquet", data, feature)
    assert load_set("ocnli", source=source).labels.tolist() == [C, N, E]


def test_names_of_labels_on_the_hub_are_understood_or_refused(tmp_path):
    from datasets import ClassLabel

    data = {"premise": texts(4), "hypothesis": texts(4), "label": [0, 1, 0, 1]}
    feature = ClassLabel(names=["contradiction", "entailment"])
    source = write_split(tmp_path / "known", "test.parquet", data, feature)
    assert load_set("owner/name@test", source=source).labels.tolist() == [C, E, C, E]
    feature = ClassLabel(names=["entailment", "not_entailment"])
    source = write_split(tmp_path / "unknown", "test.parquet", data, feature)
    with pytest.raises(ValueError, match=r"label is 'not_entailment' \(row 2\) in 2 rows of 4; wanted is"):
        load_set("owner/name@test", source=source)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("xnli:id", "xnli has no configuration 'id'; it has all_languages, ar, bg, de"),
        ("anli@test", "anli has no split 'test'; it has test_r1, test_r2, test_r3, dev_r1"),
        (
            "nosuch",
            "sets known by name: indonli, xnli, snli, multinli, anli, klue-nli, ocnli, jnli, daccord; others of",
        ),
        ("xnli:fr:de", "no file 'xnli:fr:de', and no set of that name"),
        ("owner/name", "owner/name: name the split, as in owner/name@test"),
    ],
)
def test_a_name_that_means_nothing_is_told_with_what_there_is(name, message):
    with pytest.raises(ValueError, match=message):
        load_set(name)


@pytest.mark.parametrize("name", ["snli", "owner/name@test"])
def test_no_hub_is_one_clear_line(name):
    hub = {"snli": "stanfordnlp/snli"}.get(name, "owner/name")
    with pytest.raises(
        OSError, match=f"^cannot load {hub}: Couldn't reach .*; without the hub, give the pairs"
    ) as error:
        load_set(name)
    assert "\n" not in str(error.value)


def test_a_split_that_is_not_in_the_folder_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(OSError, match=r"cannot load .*empty: "):
        load_set("anli@test_r2", source=tmp_path / "empty")
