"""Articles with marked attributions → a tagger that marks who says what, and how the holder stands to it.

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

from contradict.attribution.windows import OUTPUTS, PARTS
from contradict.models.embedded import encoder_folder
from contradict.models.loading import weights_digest
from contradict.models.precision import autocast
from contradict.progress import Progress, no_progress
from contradict.training.attributions import IGNORED, MarkedArticle, MarkedWindow, read_marked, windows
from contradict.training.config import Schedule, read_schedule
from contradict.training.loop import padded, train_model
from contradict.training.mix import batches, count_steps
from contradict.training.recipe import load_network, new_classifier


@dataclass(frozen=True, slots=True)
class TaggerConfig(Schedule):
    """One training run of a tagger, on windows of at most `max_tokens`.

    Attributes:
        repeats: how often the articles whose sentences have a stance are seen in a pass, and others once.
        frozen_layers: how many of the encoder's lower layers stay as they are, so that less is shipped and what the
            languages have in common is kept.
    """

    repeats: int = 1
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
    further: bool = False,
) -> Path:
    """Train a token classifier and save it as an ordinary folder; a run that was killed goes on to the same weights.

    Args:
        articles: with their marks.
        base: folder of the encoder to start from, or of a tagger.
        out: folder for the checkpoint, the log and the finished model.
        config: the run.
        device: as torch names it, or "auto".
        stop_after: end after so many steps, leaving a checkpoint.
        progress: told how many steps are done.
        further: whether `base` is a tagger, whose head stays.

    Returns:
        folder of the finished model, `out/model`; or of the checkpoint, where the run was stopped before its end.
    """
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    seen = [article for article in articles for _ in range(config.repeats if article.sentences else 1)]
    cut = windows(tokenizer, seen, config.max_tokens)
    lengths = np.array([len(each.window.ids) for each in cut])
    torch.manual_seed(config.seed)
    kind = AutoModelForTokenClassification
    model = load_network(kind, base) if further else new_classifier(base, kind, OUTPUTS)
    for part in (model.base_model.embeddings, *model.base_model.encoder.layer[: config.frozen_layers]):
        part.requires_grad_(False)
    return train_model(
        model,
        tokenizer,
        ((len(rows), partial(_loss, [cut[row] for row in rows])) for rows in batches(lengths, config)),
        count_steps(len(cut), config),
        out,
        config,
        fingerprint=_fingerprint(articles, base, config, further=further),
        device=device,
        stop_after=stop_after,
        progress=progress,
    )


def _loss(rows: list[MarkedWindow], model: Any, device: torch.device) -> torch.Tensor:
    """The sum of the mean losses of tag, stance and mode, each over the tokens for which it is known."""
    ids, mask = padded([row.window.ids for row in rows], model.config.pad_token_id)
    with autocast(device):
        logits = model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits.float()
    loss: torch.Tensor = logits.new_zeros(())
    for part, columns in PARTS.items():
        labels, _ = padded([row.labels[part] for row in rows], IGNORED)
        known = int((labels != IGNORED).sum())
        losses = functional.cross_entropy(
            logits[..., columns].flatten(0, 1), labels.to(device).flatten(), ignore_index=IGNORED, reduction="sum"
        )
        loss = loss + losses / max(known, 1)
    return loss


def _fingerprint(articles: Sequence[MarkedArticle], base: Path, config: TaggerConfig, *, further: bool) -> str:
    digest = hashlib.sha256(f"{asdict(config)} {weights_digest(base)}{' further' * further}".encode())
    for article in articles:
        digest.update(f"{article.text}\0{article.spans}{article.sentences}".encode())
    return digest.hexdigest()[:16]


def main() -> None:
    """Train, and name the folder of the result."""
    parser = argparse.ArgumentParser(description="Train a tagger that marks who says what.")
    parser.add_argument("--data", nargs="+", type=Path, required=True, metavar="FILE", help="marked articles")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the checkpoint, log and model")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the run, in TOML (default: tagger.toml beside this)"
    )
    parser.add_argument("--further", type=Path, metavar="DIR", help="train this tagger further")
    parser.add_argument(
        "--stop-after", type=int, metavar="STEPS", help="stop early, leaving a checkpoint to go on from"
    )
    options = parser.parse_args()
    articles = [article for path in options.data for article in read_marked(path)]
    config = read_schedule(TaggerConfig, options.config, "tagger.toml")
    base = options.further or encoder_folder()
    made = train_tagger(
        articles, base, options.out, config, stop_after=options.stop_after, further=options.further is not None
    )
    sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    main()
