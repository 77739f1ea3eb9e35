"""One side of a comparison, alone in its process: it runs when it is asked to, and says how long that took.

The first line of standard input is JSON: which of `ENGINES`, and what it needs. Each further line asks for something:
`warm` for a run on the first few inputs, `run` for one on all, `versions`. Each answer is a line of JSON. Nothing but
the standard library is imported above the functions, for this file also runs in an environment that this library is
not installed in.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Act = Callable[[Sequence[Any]], dict[str, Any]]
"""Inputs to what the engine makes of them."""

WARM_INPUTS = 64
BEFORE, BETWEEN = "reading and splitting articles", "everything else"
PACKAGES = (
    *("torch", "transformers", "tokenizers", "sentence-transformers", "contradict-nlp", "contradict-text"),
    *("openvino", "optimum-intel", "optimum-onnx", "onnxruntime"),
)


def main() -> None:
    """Load what the first line names, and answer the others."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    spec = json.loads(sys.stdin.readline())
    if spec["cores"] and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, spec["cores"])  # before any library counts them
    act = ENGINES[spec["engine"]](spec)
    for line in map(str.strip, sys.stdin):
        taken = WARM_INPUTS if line == "warm" else None
        answer = versions() if line == "versions" else timed(act, spec["inputs"][:taken])
        answers.write(json.dumps(answer, default=plain) + "\n")
        answers.flush()


def timed(act: Act, inputs: Sequence[Any]) -> dict[str, Any]:
    """What comes of the inputs, the seconds that it took, the most memory held so far, and the threads of torch."""
    begun = time.perf_counter()
    result = act(inputs)
    seconds = time.perf_counter() - begun
    torch = sys.modules.get("torch")
    return {"seconds": seconds, "peak": peak_memory(), "threads": torch.get_num_threads() if torch else 0, **result}


def plain(value: Any) -> Any:
    """Arrays as lists; a judgement as its symmetric score."""
    return value.tolist() if hasattr(value, "tolist") else value.score


def peak_memory() -> int:
    """Most bytes that were resident at once, mapped files included."""
    status = Path("/proc/self/status")
    if status.exists():  # `getrusage` would here count what the parent had, too: a process begins as its copy
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def versions() -> dict[str, str]:
    """Versions of those of `PACKAGES` that are installed in this environment."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def score(spec: dict[str, Any]) -> Act:
    """`Detector.score`."""
    from contradict import Detector

    detector = Detector(**spec["detector"])
    return lambda pairs: {"probabilities": detector.score([(a, b) for a, b in pairs]), **runtime(detector)}


def judge(spec: dict[str, Any]) -> Act:
    """`Detector.judge`: both directions."""
    from contradict import Detector

    detector = Detector(**spec["detector"])
    return lambda pairs: {"scores": detector.judge([(a, b) for a, b in pairs]), **runtime(detector)}


def runtime(detector: Any) -> dict[str, str]:
    """What computes the NLI model."""
    return {"backend": detector.engine.nli.backend}


def read_on(spec: dict[str, Any]) -> Act:
    """Candidates as a scan judges them: most are left unread, the others read as far as serves; claims, too.

    With `spec["in full"]`, all are read in full.
    """
    from contradict import Article, Detector
    from contradict.judging import Judging
    from contradict.records import MIN_SCORE, Attribution, Side, Statement

    detector = Detector(**spec["detector"])
    engine = detector.engine
    texts = sorted({text for pair in spec["inputs"] for text in pair["texts"]})
    vectors = engine.vectors(texts)  # a scan has them before it judges
    place = {text: at for at, text in enumerate(texts)}

    def side(text: str, known: dict[str, Any]) -> Side:
        article = Article(known["article"], text, language=known["language"])
        statement = Statement(known["article"], text, 0, len(text), known["language"])
        return Side(article, statement, Attribution(**known["attribution"]))

    def act(pairs: Sequence[Any]) -> dict[str, Any]:
        sides = [tuple(map(side, pair["texts"], pair["known"])) for pair in pairs]
        least = 0.0 if spec["in full"] else MIN_SCORE
        judging = Judging(sides, [pair["nearness"] for pair in pairs], engine.probabilities, least)
        worth_reading = possible = judging.possible()
        if engine.screen and not spec["in full"]:
            ends = [(place[a], place[b]) for a, b in (pair["texts"] for pair in pairs)]
            worth_reading = engine.screen.worth_reading(vectors, ends, possible)
        read = judging.strongest(worth_reading)
        found = sorted(
            at for at, own in read.items() if max(own.verdict.contradiction, own.verdict.update) >= MIN_SCORE
        )
        return {"begun": len(worth_reading), "in full": len(read), "found": found, **runtime(detector)}

    return act


def cross_encoder(spec: dict[str, Any]) -> Act:
    """`CrossEncoder.predict` as it is called without options, on the same weights or on random ones of a shape."""
    import torch
    from sentence_transformers import CrossEncoder

    device = None if spec["device"] == "auto" else spec["device"]
    with random_model(spec) if "shape" in spec else nullcontext(spec["folder"]) as folder:
        model = CrossEncoder(folder, device=device, local_files_only=True)
    size = sum(values.numel() for values in model.parameters())

    def act(pairs: Sequence[Any]) -> dict[str, Any]:
        narrow = torch.autocast(model.device.type, torch.bfloat16) if spec.get("bf16") else nullcontext()
        with narrow:
            return {"logits": model.predict([(a, b) for a, b in pairs]), "parameters": size}

    return act


@contextmanager
def random_model(spec: dict[str, Any]) -> Iterator[str]:
    """A folder with random weights in the wanted shape, and the tokenizer of another folder; removed afterwards."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(spec["folder"], local_files_only=True)
    config = AutoConfig.for_model(**spec["shape"], num_labels=3, pad_token_id=tokenizer.pad_token_id)
    with tempfile.TemporaryDirectory(dir=spec["workdir"]) as folder:
        network: Any = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)  # type: ignore[no-untyped-call]
        network.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        yield folder


def text_check(spec: dict[str, Any]) -> Act:
    """`ContradictionDetector.check` of the package `contradict-text`, one pair a call: it has no other."""
    from contradict import ContradictionDetector

    detector = ContradictionDetector(nli_model=spec["folder"], embed_model=spec["encoder"])

    def act(pairs: Sequence[Any]) -> dict[str, Any]:
        found = [detector.check(a, b) for a, b in pairs]
        return {"labels": [each.label for each in found], "skipped": sum(each.nli_skipped for each in found)}

    return act


def text_classify(spec: dict[str, Any]) -> Act:
    """The NLI model of `contradict-text` alone."""
    from contradict.nli import classify  # type: ignore[attr-defined]

    def act(pairs: Sequence[Any]) -> dict[str, Any]:
        found = [classify(a, b, spec["folder"]) for a, b in pairs]
        return {"labels": [label for label, *_ in found], "contradiction": [each[2] for each in found]}

    return act


class Stages:
    """Seconds and units of each stage of which the library tells its progress, and seconds outside of any."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.units: dict[str, int] = {}
        self._open: list[str] = []
        self._since = time.perf_counter()

    @contextmanager
    def progress(self, description: str, total: int) -> Iterator[Callable[[int], None]]:
        """What the library calls; a stage within another one counts for itself alone."""
        self.book()
        name = description[0].lower() + description[1:]
        self.units[name] = self.units.get(name, 0) + total
        self._open.append(name)
        try:
            yield lambda count: None
        finally:
            self.book()
            self._open.pop()

    def book(self) -> None:
        """Give the time since the last call to the stage that is open."""
        now = time.perf_counter()
        name = self._open[-1] if self._open else BETWEEN if self.units else BEFORE
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now


def scan(spec: dict[str, Any]) -> Act:
    """`Detector.scan`, by stage; the loading of the models is a part of it."""
    from contradict import Detector

    def act(articles: Sequence[Any]) -> dict[str, Any]:
        stages = Stages()
        report = Detector(**spec["detector"], progress=stages.progress).scan(articles)
        stages.book()
        (result,) = report.sets
        counts = {
            "statements": len(result.statements),
            "pairs": result.pairs_judged,
            "pairs beyond the cap": result.pairs_skipped,
            "contradictions": len(report.contradictions),
        }
        return {"stages": stages.seconds, "units": stages.units, "counts": counts}

    return act


def candidates(spec: dict[str, Any]) -> Act:
    """The pairs that a scan of the articles would judge, with what it knows of them; a sample of them, if many."""
    from dataclasses import asdict

    from contradict import Article, Detector
    from contradict.neighbours import nearness
    from contradict.pairing import find_pairs
    from contradict.statements import by_article, split_articles

    def act(rows: Sequence[Any]) -> dict[str, Any]:
        engine = Detector(**spec["detector"]).engine
        articles = {row["id"]: Article(**row) for row in rows}
        statements, _ = split_articles([articles[name] for name in sorted(articles)])
        parts = by_article(statements, articles)
        known = {
            (each.article, each.start): attribution
            for (_, own), found in zip(parts, engine.attributions(parts), strict=True)
            for each, attribution in zip(own, found, strict=True)
        }
        vectors = engine.vectors([each.text for each in statements])
        found = find_pairs(statements, vectors, attributions=known).pairs
        drawn = random.Random(0).sample(found, min(spec["most"], len(found)))
        ends = [(pair.a, pair.b) for pair in drawn]

        def side(at: int) -> dict[str, Any]:
            own = statements[at]
            attribution = asdict(known[own.article, own.start])
            return {"article": own.article, "language": own.language, "attribution": attribution}

        pairs = [
            {"texts": [statements[at].text for at in both], "known": list(map(side, both)), "nearness": near}
            for both, near in zip(ends, nearness(vectors, ends), strict=True)
        ]
        return {"pairs": pairs, "found": len(found)}

    return act


def recall(spec: dict[str, Any]) -> Act:
    """How many of the pairs that exhaustive judging finds the search proposes; see `exhaustive`."""
    sys.path.append(str(Path(__file__).parents[1]))
    from speeds.exhaustive import measure_recall

    return lambda rows: measure_recall(rows, spec)


ENGINES: dict[str, Callable[[dict[str, Any]], Act]] = {
    "score": score,
    "judge": judge,
    "read on": read_on,
    "CrossEncoder": cross_encoder,
    "check": text_check,
    "classify": text_classify,
    "scan": scan,
    "candidates": candidates,
    "recall": recall,
}

if __name__ == "__main__":
    main()
