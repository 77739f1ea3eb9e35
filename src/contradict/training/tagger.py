"""Articles with marked attributions → a tagger that marks who says what.

Run as `python -m contradict.training.tagger --data FILE... --out DIR`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from contradict.models.embedded import encoder_folder
from contradict.models.precision import autocast
from contradict.progress import Progress, no_progress
from contradict.training.attributions import IGNORED, TAGS, MarkedArticle, Window, read_marked, windows
from contradict.training.config import Schedule, read_schedule
from contradict.training.loop import padded, train_model
from contradict.training.mix import batches, count_steps
from contradict.training.recipe import new_classifier


@dataclass(frozen=True, slots=True)
class TaggerConfig(Schedule):
    """One training run of a tagger, on windows of at most `max_tokens`.

    Attributes:
        overlap: tokens that two windows of an article share.
        frozen_layers: how many of the encoder's lower layers stay as they are, so that less is shipped and what the
            languages have in common is kept.
    """

    overlap: int = 64
    frozen_layers: int = 6


def train_tagger(
    articles: Sequence[MarkedArticle],
    base: Path,
    out: Path,
    config: TaggerConfig,
    *,
    device: str = "auto",
    stop_after: int | None = None,
    progress: Progress = no_progress,
) -> Path:
    """Train a token classifier and save it as an ordinary folder; a run that was killed goes on to the same weights.

    Args:
        articles: with their marks.
        base: folder of the encoder to start from.
        out: folder for the checkpoint, the log and the finished model.
        config: the run.
        device: as torch names it, or "auto".
        stop_after: end after so many steps, leaving a checkpoint.
        progress: told how many steps are done.

    Returns:
        folder of the finished model, `out/model`; or of the checkpoint, where the run was stopped before its end.
    """
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    cut = windows(tokenizer, articles, config.max_tokens, config.overlap)
    lengths = np.array([len(window.ids) for window in cut])
    torch.manual_seed(config.seed)
    model = _new_tagger(base, config.frozen_layers)
    return train_model(
        model,
        tokenizer,
        ((len(rows), partial(_loss, [cut[row] for row in rows])) for rows in batches(lengths, config)),
        count_steps(len(cut), config),
        out,
        config,
        fingerprint=_fingerprint(articles, base, config),
        device=device,
        stop_after=stop_after,
        progress=progress,
    )


def _loss(rows: list[Window], model: Any, device: torch.device) -> torch.Tensor:
    ids, mask = padded([row.ids for row in rows], model.config.pad_token_id)
    tags, _ = padded([row.tags for row in rows], IGNORED)
    with autocast(device):
        logits = model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
    return functional.cross_entropy(logits.float().flatten(0, 1), tags.to(device).flatten(), ignore_index=IGNORED)


def _fingerprint(articles: Sequence[MarkedArticle], base: Path, config: TaggerConfig) -> str:
    digest = hashlib.sha256(f"{asdict(config)} {base.name}".encode())
    for article in articles:
        digest.update(f"{article.text}\0{article.spans}".encode())
    return digest.hexdigest()[:16]


def _new_tagger(base: Path, frozen_layers: int) -> Any:
    """The encoder with a new head; embeddings and lower layers frozen."""
    from transformers import AutoModelForTokenClassification

    model = new_classifier(base, AutoModelForTokenClassification, TAGS)
    for part in (model.base_model.embeddings, *model.base_model.encoder.layer[:frozen_layers]):
        part.requires_grad_(False)
    return model


def main() -> None:
    """Train, and name the folder of the result."""
    parser = argparse.ArgumentParser(description="Train a tagger that marks who says what.")
    parser.add_argument("--data", nargs="+", type=Path, required=True, metavar="FILE", help="articles, as JSON lines")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the checkpoint, log and model")
    parser.add_argument(
        "--stop-after", type=int, metavar="STEPS", help="stop early, leaving a checkpoint to go on from"
    )
    options = parser.parse_args()
    articles = [article for path in options.data for article in read_marked(path)]
    config = read_schedule(TaggerConfig, None, "tagger.toml")
    made = train_tagger(articles, encoder_folder(), options.out, config, stop_after=options.stop_after)
    sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    main()
