"""The mean of the weights of models that were trained on from one start (Wortsman et al. 2022, "Model soups").

python -m contradict.training.average FOLDER FOLDER... --out FOLDER
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")


def average(folders: Sequence[Path], out: Path) -> None:
    """Write the model whose weights are the mean of those of other ones.

    Args:
        folders: of classifiers of one shape, as `contradict train` writes them; the first one's labels are kept.
        out: folder for the new one; made if need be.

    Raises:
        ModelError: a folder holds no classifier.
        ValueError: there are fewer than two, or their weights or labels differ in shape or order.
    """
    import torch

    from contradict.models.loading import load_classifier

    if len(folders) < 2:
        raise ValueError(f"{len(folders)} model given; wanted are two or more")
    networks = [load_classifier(folder, "cpu")[0] for folder in folders]
    first = networks[0]
    states = [network.state_dict() for network in networks]
    shapes = [{name: values.shape for name, values in state.items()} for state in states]
    for folder, network, own in zip(folders, networks, shapes, strict=True):
        if own != shapes[0] or network.config.id2label != first.config.id2label:
            raise ValueError(f"{folder} is not of the shape of {folders[0]}, or has other labels")
    with torch.no_grad():
        mean = {
            name: torch.stack([state[name] for state in states]).mean(0) if values.is_floating_point() else values
            for name, values in states[0].items()
        }
    first.load_state_dict(mean)
    first.save_pretrained(out)
    for name in _TOKENIZER_FILES:
        if (folders[0] / name).exists():
            shutil.copyfile(folders[0] / name, out / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Average the weights of models that were trained on from one start.")
    parser.add_argument("models", type=Path, nargs="+", metavar="FOLDER", help="of trained models")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for the mean")
    options = parser.parse_args()
    average(options.models, options.out)
