"""The joint encoder against split ones, trained on equal budgets: what reading each statement once would cost.

python benchmarks/architecture.py --data DIR --out DIR [--split 0 6 8 10]

In a split encoder (Cao et al. 2020, DeFormer; MacAvaney et al. 2020, PreTTR) the layers below the split see one
statement at a time, so that they need be computed only once for each statement. 0 is the joint encoder. DIR of the data
holds `train.parquet` and `dev/`; 27,326 pairs a run, about 12 minutes each on two cores.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from transformers import AutoTokenizer, BertForSequenceClassification
from transformers.modeling_outputs import SequenceClassifierOutput

from contradict.benchmark.resampling import estimate, resamples
from contradict.models.embedded import encoder_folder
from contradict.models.precision import autocast
from contradict.training.config import TrainingConfig
from contradict.training.mix import make_mix
from contradict.training.recipe import train

CONFIG = TrainingConfig(seed=1, caps={"xnli-dev": 17_000})
SOURCES = ("indonli-train", "xnli-dev")
DEV = ("indonli_val", "xnli_dev")
END_OF_TEXT = 2  # token that ends each statement of a pair


class SplitBert(BertForSequenceClassification):
    """BERT whose first `split` layers see each of two statements alone."""

    split = 0

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_: Any) -> SequenceClassifierOutput:
        """Logits of pairs; the second statement's positions count from its own start."""
        ends = (input_ids == END_OF_TEXT).long()
        second = (ends.cumsum(1) - ends) > 0
        start = (~second).sum(1, keepdim=True)
        positions = torch.arange(input_ids.shape[1], device=input_ids.device)[None] - second.long() * start
        states = self.bert.embeddings(input_ids=input_ids, position_ids=positions)
        seen = attention_mask.bool()[:, None, None, :].expand(-1, 1, input_ids.shape[1], -1)
        alone = seen & (second[:, :, None] == second[:, None, :])[:, None]
        for index, layer in enumerate(self.bert.encoder.layer):
            if index == self.split:  # only from here on need the two be told apart
                states = states + second[..., None] * self.bert.embeddings.token_type_embeddings.weight[1]
            states = layer(states, _additive(alone if index < self.split else seen))
        return SequenceClassifierOutput(logits=self.classifier(self.bert.pooler(states)))


def _additive(mask: torch.Tensor) -> torch.Tensor:
    return torch.zeros(mask.shape).masked_fill(~mask, torch.finfo(torch.float32).min)


def model_class(split: int) -> type[BertForSequenceClassification]:
    """The class of an encoder split above so many layers; the standard one at 0."""
    return type("SplitBert", (SplitBert,), {"split": split}) if split else BertForSequenceClassification


def accuracy(model: Any, tokenizer: Any, rows: pd.DataFrame) -> str:
    """Accuracy with its interval over items, in per cent."""
    rows = rows.iloc[rows["premise"].str.len().argsort(kind="stable")].reset_index(drop=True)
    right: list[bool] = []
    with torch.inference_mode(), autocast(torch.device("cpu")):
        for start in range(0, len(rows), 32):
            part = rows.iloc[start : start + 32]
            texts = part["premise"].tolist(), part["hypothesis"].tolist()
            given = tokenizer(*texts, padding=True, truncation=True, max_length=256, return_tensors="pt")
            given.pop("token_type_ids", None)
            right += (model(**given).logits.argmax(1).numpy() == part["label"].to_numpy()).tolist()
    items = rows["item"].astype("category").cat.codes.to_numpy()
    by_item = pd.DataFrame({"item": items, "right": right}).groupby("item")["right"].agg(["sum", "size"])
    values = [
        value
        for times in resamples(len(by_item), len(by_item), 0)
        for value in (times @ by_item["sum"].to_numpy()) / (times @ by_item["size"].to_numpy())
    ]
    found = estimate(pd.Series(values).to_numpy())
    return f"{100 * found.value:.1f} [{100 * found.low:.1f}, {100 * found.high:.1f}]"


def main() -> None:
    """Train and measure one encoder after the other; a run that was cut off goes on."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled pairs")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for checkpoints and models")
    parser.add_argument("--split", type=int, nargs="+", default=[0, 6, 8, 10], metavar="LAYERS")
    options = parser.parse_args()
    rows = pd.read_parquet(options.data / "train.parquet")
    mix = make_mix(rows[rows["dataset"].isin(SOURCES)], CONFIG)
    base = encoder_folder()
    print(f"| layers below the split | {' | '.join(DEV)} |\n|---|{'---|' * len(DEV)}", flush=True)
    for split in options.split:
        kind = model_class(split)
        folder = train(mix, base, options.out / f"split-{split}", CONFIG, model_class=kind)
        model: Any = kind.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        sets = (pd.read_parquet(options.data / "dev" / f"{name}.parquet") for name in DEV)
        print(f"| {split} | {' | '.join(accuracy(model.eval(), tokenizer, each) for each in sets)} |", flush=True)


if __name__ == "__main__":
    main()
