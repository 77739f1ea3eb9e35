import dataclasses
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from transformers import BartConfig, BartForSequenceClassification, XLNetConfig, XLNetForSequenceClassification

from contradict.labels import CONTRADICTION, LABELS, NEUTRAL
from contradict.nli import NLI
from contradict.training.config import TrainingConfig, read_config
from contradict.training.mix import batches, count_steps, make_mix, open_rows
from contradict.training.recipe import load_network, nli_loss, train
from toys import WORDS, save_classifier, save_tokenizer

SMALL_LAYERS = {"layers": 1, "attention_heads": 2, "ffn_dim": 32, "layerdrop": 0.5}
CONFIG = TrainingConfig(seed=5, batch_size=8, learning_rate=3e-3, log_every=2, checkpoint_every=3)


@pytest.fixture(scope="module")
def rows():
    """A contradiction has "tidak", an entailment repeats, a neutral speaks of something else."""
    rng = np.random.default_rng(0)
    made = []
    for number in range(120):
        words = list(rng.choice(WORDS[:12], 3, replace=False))
        label = number % 3
        hypothesis = [words, list(rng.choice(WORDS[12:], 3, replace=False)), ["tidak", *words]][label]
        made.append((" ".join(words), " ".join(hypothesis), label, "a" if number % 2 else "b", "id"))
    return pd.DataFrame(made, columns=["premise", "hypothesis", "label", "dataset", "premise_lang"])


def weights(folder):
    return load_file(folder / "model.safetensors")


def test_a_trained_model_is_an_ordinary_folder_that_has_learned(rows, toy_encoder, tmp_path):
    config = TrainingConfig(seed=5, passes=25, batch_size=16, learning_rate=5e-3)
    folder = train(make_mix(rows, config), toy_encoder, tmp_path, config, device="cpu")
    predicted = NLI(folder, device="cpu").predict(list(zip(rows["premise"], rows["hypothesis"], strict=True)))
    assert (predicted.argmax(axis=1) == rows["label"]).mean() > 0.8
    assert torch.equal(
        weights(folder)["bert.embeddings.word_embeddings.weight"],
        weights(toy_encoder)["embeddings.word_embeddings.weight"],
    )


def test_a_model_is_told_to_which_text_a_token_belongs(rows, toy_encoder, tmp_path):
    told = tmp_path / "told"
    shutil.copytree(toy_encoder, told)
    save_tokenizer(told, segments=True)
    mix = make_mix(rows, CONFIG)
    of_two, of_none = (
        weights(train(mix, base, tmp_path / base.name, CONFIG, device="cpu")) for base in (told, toy_encoder)
    )
    segments = "bert.embeddings.token_type_embeddings.weight"
    assert not torch.allclose(of_two[segments][1], of_none[segments][1])


@pytest.mark.parametrize("names", [LABELS, ("contradiction", "entailment", "neutral")])
def test_a_model_trained_further_keeps_its_head_and_its_order_of_labels(rows, tmp_path, names):
    base = save_classifier(tmp_path / "base", names)
    barely = dataclasses.replace(CONFIG, learning_rate=1e-9)
    kept = train(make_mix(rows, barely), base, tmp_path / "barely", barely, device="cpu", further=True)
    assert torch.allclose(weights(kept)["classifier.weight"], weights(base)["classifier.weight"], atol=1e-6)
    config = TrainingConfig(seed=5, passes=25, batch_size=16, learning_rate=5e-3)
    folder = train(make_mix(rows, config), base, tmp_path / "well", config, device="cpu", further=True)
    predicted = NLI(folder, device="cpu").predict(list(zip(rows["premise"], rows["hypothesis"], strict=True)))
    assert (predicted.argmax(axis=1) == rows["label"]).mean() > 0.8


def test_a_run_that_goes_on_ends_with_the_same_weights(rows, toy_encoder, tmp_path):
    mix = make_mix(rows, CONFIG)
    whole = train(mix, toy_encoder, tmp_path / "whole", CONFIG, device="cpu")
    stopped = train(mix, toy_encoder, tmp_path / "parts", CONFIG, device="cpu", stop_after=7)
    assert stopped.name == "checkpoint"
    finished = train(mix, toy_encoder, tmp_path / "parts", CONFIG, device="cpu")
    expected = weights(whole)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in weights(finished).items())


def test_weights_that_the_forward_pass_does_not_use_stay_as_they_are(rows, tmp_path):
    settings = {"vocab_size": 60, "d_model": 16, "n_layer": 1, "n_head": 2, "d_inner": 32, "pad_token_id": 1}
    config = XLNetConfig(**settings, initializer_range=0.6, id2label=dict(enumerate(LABELS)))
    XLNetForSequenceClassification(config).save_pretrained(tmp_path / "base")
    save_tokenizer(tmp_path / "base")
    mix = make_mix(rows, CONFIG)
    whole = train(mix, tmp_path / "base", tmp_path / "whole", CONFIG, device="cpu", further=True)
    train(mix, tmp_path / "base", tmp_path / "parts", CONFIG, device="cpu", further=True, stop_after=7)
    finished = train(mix, tmp_path / "base", tmp_path / "parts", CONFIG, device="cpu", further=True)
    expected = weights(whole)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in weights(finished).items())
    unused = "transformer.mask_emb"
    assert torch.equal(expected[unused], weights(tmp_path / "base")[unused])


def test_a_pair_is_padded_on_the_side_on_which_its_network_wants_it(rows, tmp_path):
    settings = {"vocab_size": 60, "d_model": 16, "n_layer": 1, "n_head": 2, "d_inner": 32, "pad_token_id": 1}
    config = XLNetConfig(**settings, initializer_range=0.6, id2label=dict(enumerate(LABELS)))  # it reads the last token
    XLNetForSequenceClassification(config).save_pretrained(tmp_path)
    save_tokenizer(tmp_path)
    settings = json.loads((tmp_path / "tokenizer_config.json").read_text())
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings | {"padding_side": "left"}))
    mix = make_mix(rows.iloc[:2].assign(premise=["hujan turun", "polisi"]), dataclasses.replace(CONFIG, batch_size=1))
    seen = []
    for batch_size in (1, 2):
        out = tmp_path / f"by {batch_size}"
        run = dataclasses.replace(CONFIG, batch_size=batch_size, learning_rate=1e-12, log_every=2 // batch_size)
        train(mix, tmp_path, out, run, device="cpu", further=True)
        seen.append(json.loads((out / "log.jsonl").read_text().splitlines()[0])["loss"])
    assert seen[0] == pytest.approx(seen[1], abs=1e-4)


def test_networks_that_drop_by_functions_drop_nothing_in_training(tmp_path):
    layers = {f"{part}_{name}": value for part in ("encoder", "decoder") for name, value in SMALL_LAYERS.items()}
    config = BartConfig(vocab_size=60, d_model=16, max_position_embeddings=32, dropout=0.5, **layers)
    BartForSequenceClassification(config).save_pretrained(tmp_path)
    model = load_network(BartForSequenceClassification, tmp_path).train()
    ids = torch.tensor([[0, 5, 6, 7, 2]])
    assert torch.equal(model(ids).logits, model(ids).logits)
    assert model.config.dropout == 0.5


def test_a_kill_between_the_renames_of_a_checkpoint_loses_nothing(rows, toy_encoder, tmp_path):
    mix = make_mix(rows, CONFIG)
    checkpoint = train(mix, toy_encoder, tmp_path, CONFIG, device="cpu", stop_after=7)
    checkpoint.rename(checkpoint.with_name("checkpoint.old"))
    train(mix, toy_encoder, tmp_path, CONFIG, device="cpu", stop_after=9)
    first_of_the_rest = (tmp_path / "log.jsonl").read_text().splitlines()[-1]
    assert json.loads(first_of_the_rest)["step"] == 8


def test_checkpoint_of_another_run_is_refused(rows, toy_encoder, tmp_path):
    train(make_mix(rows, CONFIG), toy_encoder, tmp_path, CONFIG, device="cpu", stop_after=1)
    for mix, config in [
        (make_mix(rows[::-1], CONFIG), CONFIG),
        (make_mix(rows, CONFIG), dataclasses.replace(CONFIG, learning_rate=1e-3)),
    ]:
        with pytest.raises(ValueError, match=r"belongs to another run \(1 of 15 steps done\)"):
            train(mix, toy_encoder, tmp_path, config, device="cpu")


def test_a_new_head_and_a_kept_one_are_different_runs(rows, toy_nli, tmp_path):
    mix = make_mix(rows, CONFIG)
    train(mix, toy_nli, tmp_path, CONFIG, device="cpu", stop_after=1)
    with pytest.raises(ValueError, match="belongs to another run"):
        train(mix, toy_nli, tmp_path, CONFIG, device="cpu", further=True)


@pytest.mark.parametrize("columns", [["dataset"], ["premise_lang"], ["dataset", "premise_lang"]])
def test_default_configuration_takes_anybodys_columns(rows, columns):
    mixed = pd.concat([rows, rows.drop(columns=columns)], ignore_index=True)
    for given in (rows.drop(columns=columns), mixed, rows):
        mix = make_mix(given, dataclasses.replace(read_config(), reversed_share=0.0))
        assert len(mix.labels) == len(given)


def test_reversed_rows_teach_only_whether_it_is_a_contradiction():
    logits = torch.tensor([[5.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
    labels = torch.tensor([NEUTRAL, NEUTRAL])
    two_way = torch.tensor([True, True])
    as_entailment, as_neutral = (float(nli_loss(logits[i : i + 1], labels[:1], two_way[:1], 0.0)) for i in (0, 1))
    assert as_entailment == pytest.approx(as_neutral)
    assert as_entailment < 0.05
    assert float(nli_loss(logits[:1], labels[:1], ~two_way[:1], 0.0)) > 1


def test_mix_caps_sources_and_adds_reversed_and_mismatched_rows(rows):
    config = TrainingConfig(caps={"a": 10}, reversed_share=0.5, mismatched_share=0.2, mismatched_from=("b",))
    mix = make_mix(rows, config)
    drawn = 10 + 60
    mismatched = slice(drawn, drawn + 14)
    assert (mix.labels[mismatched] == NEUTRAL).all()
    own = set(zip(rows["premise"], rows["hypothesis"], strict=True))
    assert not own & set(zip(mix.premises[mismatched], mix.hypotheses[mismatched], strict=True))
    reverse = slice(drawn + 14, None)
    stated = set(zip(mix.premises[: reverse.start], mix.hypotheses[: reverse.start], strict=True))
    assert 20 < len(mix.labels[reverse]) < 64
    assert set(zip(mix.hypotheses[reverse], mix.premises[reverse], strict=True)) <= stated
    assert (mix.two_way[reverse] == (mix.labels[reverse] != CONTRADICTION)).all()
    assert not mix.two_way[: reverse.start].any()


@pytest.mark.parametrize("count", [1, 2, 8, 9])
def test_small_sources_give_mismatched_rows_too(rows, count):
    few = rows[rows["dataset"] == "b"].drop_duplicates("premise")[:count]
    mix = make_mix(few, TrainingConfig(mismatched_share=0.5, mismatched_from=("b",)))
    assert len(mix.labels) == count + (count > 1) * round(count / 2)


def test_of_rows_with_two_labels_only_contradiction_or_not_is_learned(rows):
    config = TrainingConfig(mismatched_share=0.2, mismatched_from=("b",))
    mix = make_mix(rows.assign(two_way=rows["dataset"] == "b"), config)
    drawn = mix.two_way[: len(rows)]
    assert (drawn == ((rows.sort_values("dataset", kind="stable")["dataset"] == "b") & (mix.labels[:120] != 2))).all()
    assert not mix.two_way[len(rows) :].any()


@pytest.mark.parametrize("true", [True, np.True_, 1, 1.0, "True", "true", "TRUE ", "1", "1.0"])
@pytest.mark.parametrize("false", [False, 0, 0.0, float("nan"), None, pd.NA, "False", "false", "0", "", "nan"])
def test_two_way_is_read_as_what_it_says(rows, true, false):
    few = rows[rows["label"] == NEUTRAL][:4].drop(columns="dataset")
    mix = make_mix(few.assign(two_way=pd.Series([true, false, false, true], few.index, object)), TrainingConfig())
    assert mix.two_way.tolist() == [True, False, False, True]


@pytest.mark.parametrize("cell", ["yes", 2, "contradiction"])
def test_two_way_that_says_neither_is_refused(rows, cell):
    with pytest.raises(ValueError, match=rf"two_way is {cell!r}; it must be true or false, 1 or 0, or empty"):
        make_mix(rows.assign(two_way=cell), TrainingConfig())


def test_caps_that_leave_no_row_are_refused(rows):
    with pytest.raises(ValueError, match="no row is left of 120: the caps of the configuration take none"):
        make_mix(rows, TrainingConfig(caps={"a": 0, "b": 0}))


def test_rows_of_a_source_are_repeated_after_its_cap(rows):
    mix = make_mix(rows, TrainingConfig(caps={"a": 10}, repeats={"a": 3}))
    assert len(mix.labels) == 3 * 10 + 60
    assert mix.premises[:10] == mix.premises[10:20] == mix.premises[20:30]


def test_translated_pairs_get_the_hypothesis_of_another_language():
    languages = ("id", "en", "ko")
    rows = pd.DataFrame(
        [
            (f"premise {item} {name}", f"hypothesis {item} {name}", item % 3, "set", f"i{item}", name, name)
            for item in range(40)
            for name in languages
        ],
        columns=["premise", "hypothesis", "label", "dataset", "item", "premise_lang", "hypothesis_lang"],
    )
    mix = make_mix(rows, TrainingConfig(crossed_share=0.5))
    ends = [(p.split()[1:], h.split()[1:]) for p, h in zip(mix.premises, mix.hypotheses, strict=True)]
    assert all(premise[0] == hypothesis[0] for premise, hypothesis in ends)
    assert 30 < sum(premise[1] != hypothesis[1] for premise, hypothesis in ends) < 90
    assert mix.premises == rows["premise"].tolist()


def test_reported_speech_keeps_pair_and_label(rows):
    mix = make_mix(rows, TrainingConfig(framed_share=0.5))
    bare = make_mix(rows, TrainingConfig())
    sides = list(zip(mix.premises + mix.hypotheses, bare.premises + bare.hypotheses, strict=True))
    assert all(without in with_frame for with_frame, without in sides)
    assert 40 < sum(len(with_frame) > len(without) for with_frame, without in sides) < 120
    assert (mix.labels == bare.labels).all()


def test_pairs_about_figures_are_added():
    rows = pd.DataFrame(
        {
            "premise": [f"The flood damaged {number} houses in the district." for number in range(3200, 3300)],
            "hypothesis": ["Houses were damaged."] * 100,
            "label": 0,
            "premise_lang": "en",
        }
    )
    mix = make_mix(rows, TrainingConfig(figures_share=0.3))
    assert len(mix.labels) == 130
    assert CONTRADICTION in mix.labels[100:]


def test_rows_of_open_licences_are_told_apart(rows):
    config = dataclasses.replace(CONFIG, open_licences=("MIT", "CC BY"))
    licences = pd.Series(["MIT", "CC BY-NC", None, "CC BY"] * 30)
    found = open_rows(rows.assign(licence=licences), config)
    assert len(found) == 60
    assert set(found["licence"]) == {"MIT", "CC BY"}
    with pytest.raises(ValueError, match=r"no row states an open licence .* MIT, CC BY"):
        open_rows(rows, config)


def test_every_row_is_seen_once_a_pass_in_batches_of_like_length():
    lengths = np.random.default_rng(1).integers(5, 100, 1000)
    config = TrainingConfig(passes=2, batch_size=16)
    steps = list(batches(lengths, config))
    assert len(steps) == count_steps(1000, config)
    assert (np.bincount(np.concatenate(steps)) == 2).all()
    assert np.mean([np.ptp(lengths[step]) for step in steps]) < 10


def test_configuration_that_the_package_brings_is_read():
    config = read_config()
    assert config.caps["klue-train"] > 0
    assert config.mismatched_from


def test_configuration_names_what_is_wrong(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("learning_rte = 1e-4\n")
    with pytest.raises(ValueError, match="unknown keys learning_rte"):
        read_config(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("batch_size = 0", "batch_size is 0; it must be a whole number from 1 on"),
        ("batch_size = '32'", "batch_size is '32'; it must be a whole number from 1 on"),
        ("passes = 1.5", "passes is 1.5; it must be a whole number from 1 on"),
        ("passes = true", "passes is True; it must be a whole number from 1 on"),
        ("seed = -1", "seed is -1; it must be a whole number from 0 on"),
        ("learning_rate = inf", "learning_rate is inf; it must be a number above 0"),
        ("learning_rate = '1e-4'", "learning_rate is '1e-4'; it must be a number above 0"),
        ("reversed_share = nan", "reversed_share is nan; it must be a number from 0 to below 1"),
        ("weight_decay = []", "weight_decay is (); it must be a number from 0 to below 1"),
        ("mismatched_from = 'mine'", "mismatched_from is 'mine'; it must be a list of strings"),
        ("open_licences = ['MIT', 3]", "open_licences is ('MIT', 3); it must be a list of strings"),
        ("caps = 5", "caps is 5; it must be a table, as [caps]"),
        ("[caps]\nmine = -1", "caps.mine is -1; it must be a whole number from 0 on"),
        ("[repeats]\nmine = 1.5", "repeats.mine is 1.5; it must be a whole number from 1 on"),
        ("[repeats]\nmine = 0", "repeats.mine is 0; it must be a whole number from 1 on"),
        ("passes =", "no TOML: "),
    ],
)
def test_impossible_values_are_named_with_their_file(tmp_path, text, message):
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=re.escape(f"{path}: {message}")):
        read_config(path)
