import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from contradict.labels import LABELS
from contradict.models import loading
from contradict.models.loading import ModelError, load_classifier, load_encoder, model_folder, weights_digest
from contradict.nli import NLI
from toys import save_tokenizer, toy_config


def test_folder_is_taken_as_it_is(toy_nli):
    assert model_folder(toy_nli) == toy_nli


def test_hub_id_is_found_in_the_hubs_own_cache(tmp_path, toy_nli, monkeypatch):
    commit = "0" * 40
    entry = tmp_path / "models--owner--toy"
    (entry / "refs").mkdir(parents=True)
    (entry / "refs" / "main").write_text(commit)
    shutil.copytree(toy_nli, entry / "snapshots" / commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert NLI("owner/toy", device="cpu").predict([("hujan turun", "banjir")]).shape == (1, 3)


def test_absent_model_without_a_network_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"owner/absent: no such folder, and the hub cannot be reached"):
        model_folder("owner/absent")
    with pytest.raises(ModelError, match=r"no hub id either"):
        model_folder("../not/a/folder")


def test_pickled_weights_are_refused_unread(toy_nli, tmp_path):
    folder = tmp_path / "pickled"
    shutil.copytree(toy_nli, folder)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin is pickled"):
        load_classifier(folder)


def test_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(ModelError, match="no weights in the safetensors format"):
        load_classifier(tmp_path)


def test_modules_that_are_code_from_elsewhere_are_refused(toy_encoder, tmp_path):
    folder = tmp_path / "encoder"
    shutil.copytree(toy_encoder, folder)
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["type"] = "os.system"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match=r"'os\.system', which is code from elsewhere"):
        load_encoder(folder)


def test_code_in_a_model_folder_is_not_run(toy_nli, tmp_path):
    folder: Path = tmp_path / "coded"
    shutil.copytree(toy_nli, folder)
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Evil: pass\n")
    config = json.loads((folder / "config.json").read_text())
    auto_map = {"AutoConfig": "evil.Evil", "AutoModelForSequenceClassification": "evil.Evil"}
    config |= {"model_type": "evil", "auto_map": auto_map}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="cannot be loaded as an NLI model"):
        load_classifier(folder)
    assert not (tmp_path / "ran").exists()


def test_an_encoder_folder_gives_unit_vectors(toy_encoder):
    from contradict.embedding import embed

    vectors = embed(load_encoder(toy_encoder, "cpu"), ["hujan turun", "banjir kota", ""])
    assert vectors.shape == (3, 16)
    assert (vectors**2).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_weights_in_half_precision_are_computed_in_single(toy_nli, tmp_path):
    from transformers import BertForSequenceClassification

    folder = tmp_path / "half"
    shutil.copytree(toy_nli, folder)
    BertForSequenceClassification.from_pretrained(toy_nli).half().save_pretrained(folder)
    network, _ = load_classifier(folder, "cpu")
    assert network.dtype == torch.float32


def test_longest_input_leaves_room_where_positions_are_counted_from_two(tmp_path):
    from transformers import RobertaConfig, RobertaForSequenceClassification

    settings = toy_config(id2label=dict(enumerate(LABELS)), label2id={name: at for at, name in enumerate(LABELS)})
    RobertaForSequenceClassification(RobertaConfig(**settings.to_dict())).save_pretrained(tmp_path)
    save_tokenizer(tmp_path)
    with pytest.warns(UserWarning, match="fill the 62 tokens"):
        assert NLI(tmp_path, device="cpu").predict([("kota " * 100, "hujan turun")]).shape == (1, 3)


def test_damaged_weights_are_named(toy_nli, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(toy_nli, folder)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match="damaged: cannot be loaded as an NLI model"):
        load_classifier(folder)


def test_device_that_is_not_there_is_named(toy_nli):
    with pytest.raises(ValueError, match="device 'cuda:77' cannot be used here"):
        load_classifier(toy_nli, "cuda:77")


def test_an_encoder_that_cuts_texts_is_told_of(toy_encoder):
    from contradict.embedding import embed

    with pytest.warns(UserWarning, match="1 of 2 texts are longer than the 64 tokens"):
        embed(load_encoder(toy_encoder, "cpu"), ["kota " * 100, "hujan turun"])


@pytest.mark.parametrize("content", [b"no tensors", save({"others": torch.ones(2)})])
def test_damaged_word_embeddings_of_a_network_that_an_export_has_are_told(toy_nli, tmp_path, content):
    folder = shutil.copytree(toy_nli, tmp_path / "model")
    (folder / "embeddings.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match="model: cannot be loaded as an NLI model: "):
        load_classifier(folder, "cpu", exported=True)


def test_the_digest_of_large_weights_is_noted_until_they_change(toy_nli, tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(loading, "_LARGE", 1)
    folder = shutil.copytree(toy_nli, tmp_path / "model")
    wanted = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert weights_digest(folder) == wanted
    loading._digest_of_files.cache_clear()  # as in another process
    with monkeypatch.context() as another:
        another.setattr(loading, "_digest", lambda paths: pytest.fail("read a second time"))
        assert weights_digest(folder) == wanted
    with (folder / "model.safetensors").open("ab") as file:
        file.write(b"more")
    assert weights_digest(folder) != wanted


def test_a_digest_needs_no_cache_that_can_be_written(toy_nli, tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(loading, "_LARGE", 1)
    loading._digest_of_files.cache_clear()
    assert weights_digest(toy_nli) == hashlib.sha256((toy_nli / "model.safetensors").read_bytes()).hexdigest()
