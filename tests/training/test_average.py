import pytest
import torch

from contradict.models.loading import load_classifier
from contradict.training.average import average
from toys import save_classifier


@pytest.fixture
def models(tmp_path):
    folders = [tmp_path / name for name in "ab"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        network, tokenizer = load_classifier(save_classifier(folder), "cpu")
        with torch.no_grad():
            network.classifier.bias += number
        network.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folders


def test_the_mean_lies_between(models, tmp_path):
    average(models, tmp_path / "mean")
    one, other, mean = (load_classifier(folder, "cpu")[0] for folder in (*models, tmp_path / "mean"))
    assert torch.allclose(mean.classifier.bias, one.classifier.bias + 0.5)
    assert torch.allclose(mean.classifier.bias, other.classifier.bias - 0.5)
    assert torch.equal(mean.classifier.weight, one.classifier.weight)
    assert load_classifier(tmp_path / "mean", "cpu")[1]("the army")["input_ids"]


def test_models_that_do_not_fit_together_are_refused(models, tmp_path):
    with pytest.raises(ValueError, match="1 model given"):
        average(models[:1], tmp_path / "mean")
    other = tmp_path / "other"
    other.mkdir()
    save_classifier(other, names=("contradiction", "neutral", "entailment"))
    with pytest.raises(ValueError, match="has other labels"):
        average([models[0], other], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
