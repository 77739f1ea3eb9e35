"""Train the screen that tells which pairs a scan reads at all, and say what it leaves unread and what it misses.

python benchmarks/screen.py --data DIR --workdir FOLDER [--out FOLDER]
python benchmarks/screen.py --data DIR --workdir FOLDER --check              # the embedded screen as it is

Real articles are scanned without a screen, in groups; the groups are kept in the folder, so that a run that was stopped
goes on. The threshold is chosen on pairs of groups that the network was not trained on in turn; what is quoted is
measured on articles that neither saw. Without --out, nothing is written but the groups. With --check, no screen is
trained: the embedded one is measured on those articles.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save
from speeds.texts import articles

from contradict import Article, Detector
from contradict.benchmark.resampling import estimate, resamples
from contradict.cli.common import add_backend_option, add_run_options, make_progress
from contradict.judging import Judging
from contradict.models.embedded import LAYERS_FILE, shipped_weights
from contradict.neighbours import nearness
from contradict.pairing import find_pairs
from contradict.records import MIN_SCORE, Side
from contradict.report.files import write_bytes
from contradict.screen import Screen, inputs
from contradict.statements import by_article, split_articles

TRAINING = ((1700, 2000), (2000, 2300), (2300, 2600), (2600, 2900), (2900, 3100))
"""Groups of articles, by their places among those of `speeds.texts.articles`."""
TEST = ((0, 200),)
RECALL = 0.99
LEVELS = (0.02, 0.03, 0.06, 0.1, 0.2, MIN_SCORE)
"""Scores of which the network learns whether a pair reaches them; few reach the last, and the others lead there."""
HIDDEN, EPOCHS, BATCH, RATE, DROPOUT, DECAY = 64, 8, 512, 2e-3, 0.2, 0.1

Group = Mapping[str, np.ndarray]


def collect(rows: Sequence[Mapping[str, Any]], detector: Detector) -> Group:
    """Scan articles as one set without a screen, and keep what one sees of each possible pair, and its score."""
    engine = detector.engine
    by_id = {row["id"]: Article(**row) for row in rows}
    statements, _ = split_articles([by_id[name] for name in sorted(by_id)])
    parts = by_article(statements, by_id)
    known = {
        (each.article, each.start): attribution
        for (_, own), found in zip(parts, engine.attributions(parts), strict=True)
        for each, attribution in zip(own, found, strict=True)
    }
    vectors = engine.vectors([statement.text for statement in statements])
    pairs = find_pairs(statements, vectors, attributions=known).pairs
    ends = [(pair.a, pair.b) for pair in pairs]
    whole = [Side(by_id[each.article], each, known[each.article, each.start]) for each in statements]
    sides = [(whole[a], whole[b]) for a, b in ends]
    judging = Judging(sides, nearness(vectors, ends), engine.probabilities, MIN_SCORE)
    possible = judging.possible()
    read = judging.strongest(possible)
    scores = {at: max(own.verdict.contradiction, own.verdict.update) for at, own in read.items()}
    return {
        "vectors": vectors.astype(np.float16),
        "ends": np.array([ends[at] for at in possible], np.int32).reshape(-1, 2),
        "possible": np.array(list(possible.values()), np.float32),
        "scores": np.array([scores.get(at, 0.0) for at in possible], np.float32),
        "candidates": np.array(len(pairs)),
    }


def rows_of(group: Group) -> np.ndarray:
    """What the screen sees of the pairs of a group."""
    vectors = group["vectors"].astype(np.float32)
    a, b = (vectors[group["ends"][:, side]] for side in (0, 1))
    return inputs(a, b, group["possible"])


def train(groups: Sequence[Group]) -> dict[str, np.ndarray]:
    """A network for the pairs of some groups; its output is the sum of the log-odds of all levels."""
    import torch

    torch.manual_seed(0)
    rows = np.concatenate([rows_of(group) for group in groups])
    scores = np.concatenate([group["scores"] for group in groups])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    seen = torch.from_numpy((rows - mean) / spread)
    reached = torch.from_numpy(np.stack([scores >= level for level in LEVELS], axis=1).astype(np.float32))
    hidden, out = torch.nn.Linear(seen.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, len(LEVELS))
    network = torch.nn.Sequential(
        torch.nn.Dropout(DROPOUT / 2), hidden, torch.nn.ReLU(), torch.nn.Dropout(DROPOUT), out
    )
    share = reached.mean(dim=0)
    loss_of = torch.nn.BCEWithLogitsLoss(pos_weight=((1 - share) / share).sqrt())
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(seen) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(seen)).split(BATCH):
            optimizer.zero_grad()
            loss_of(network(seen[batch]), reached[batch]).backward()
            optimizer.step()
            schedule.step()
    weights = hidden.weight.detach().numpy() / spread
    return {
        "hidden.weight": weights,
        "hidden.bias": hidden.bias.detach().numpy() - weights @ mean,
        "out.weight": out.weight.detach().numpy().sum(axis=0, keepdims=True),
        "out.bias": out.bias.detach().numpy().sum(keepdims=True),
        "least": np.array(-np.inf, np.float32),
    }


def threshold(groups: Sequence[Group]) -> float:
    """What `RECALL` of the pairs that count reach, each under a network that was trained without its group."""
    found = []
    for at, held_back in enumerate(groups):
        screen = Screen(train([group for number, group in enumerate(groups) if number != at]))
        found.append(screen.scores(rows_of(held_back))[held_back["scores"] >= MIN_SCORE])
    return float(np.quantile(np.concatenate(found), 1 - RECALL, method="lower"))


def measure(weights: Mapping[str, np.ndarray], groups: Sequence[Group]) -> dict[str, Any]:
    """How many of the pairs of other articles the screen keeps, and of those that count."""
    scores = np.concatenate([Screen(weights).scores(rows_of(group)) for group in groups])
    counts = np.concatenate([group["scores"] >= MIN_SCORE for group in groups])
    kept = scores >= weights["least"]
    return {
        "candidates": int(sum(group["candidates"] for group in groups)),
        "possible": len(kept),
        "kept": int(kept.sum()),
        "count": int(counts.sum()),
        "kept of these": int((kept & counts).sum()),
    }


def share(part: int, whole: int) -> str:
    """A share of pairs with its interval."""
    hits = np.arange(whole) < part
    draws = np.concatenate([drawn @ hits / whole for drawn in resamples(whole, whole, 0)])
    found = estimate(draws)
    return f"{part:,} of {whole:,} ({found.value:.1%}; {found.low:.1%} to {found.high:.1%})"


def main() -> None:
    """Collect, train, measure, and write the screen where one was asked for."""
    parser = argparse.ArgumentParser(description="Train the screen, and measure it.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of topics/ and attribution/")
    parser.add_argument("--workdir", type=Path, required=True, metavar="FOLDER", help="for the groups; made if need be")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--out", type=Path, metavar="FOLDER", help="for the weights")
    either.add_argument("--check", action="store_true", help="measure the embedded screen, and train none")
    add_backend_option(parser, "torch")
    add_run_options(parser)
    options = parser.parse_args()
    options.workdir.mkdir(parents=True, exist_ok=True)
    detector = Detector(device=options.device, backend=options.backend, progress=make_progress(options))
    groups = {}
    for start, end in TEST if options.check else (*TRAINING, *TEST):
        path = options.workdir / f"{start}-{end}.npz"
        if not path.exists():
            np.savez(path.with_suffix(".part.npz"), **collect(articles(options.data, end)[start:], detector))
            path.with_suffix(".part.npz").rename(path)
        groups[start, end] = dict(np.load(path))
    if options.check:
        weights = load_file(shipped_weights("screen") / LAYERS_FILE)
    else:
        training = [groups[place] for place in TRAINING]
        weights = train(training) | {"least": np.array(threshold(training), np.float32)}
        pairs = sum(len(group["scores"]) for group in training)
        print(f"trained on {pairs:,} pairs of {len(training)} groups of articles")
    found = measure(weights, [groups[place] for place in TEST])
    print(f"of {found['candidates']:,} candidates of other articles, {found['possible']:,} are possible")
    print(f"of these, kept: {share(found['kept'], found['possible'])}")
    print(f"of those that reach {MIN_SCORE:g} when all are read: {share(found['kept of these'], found['count'])}")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        half = {name: values.astype(np.float16 if "weight" in name else np.float32) for name, values in weights.items()}
        write_bytes(save(half), options.out / LAYERS_FILE)


if __name__ == "__main__":
    main()
