"""Labelled pairs → figures with confidence intervals, for models and the baselines they have to beat.

`run` reads like the path: `sets` and `hub` give labelled pairs, `judging` and `baselines` what is said of them,
`groups`, `metrics` and `resampling` the figures, `compare` the differences, `output` what a reader sees. `calibrating`
and `fitting` correct a model, `topics` measures the grouping. `records` is what travels between them.

Example:
    >>> from contradict.benchmark import benchmark, load_set
    >>> from contradict.nli import NLI
    >>> report = benchmark([NLI()], [load_set("examples/labelled_pairs.csv")])
    >>> report.systems[0].groups[0].figures["accuracy"].value > 0.5
    True
"""

from contradict.benchmark.calibrating import calibrate
from contradict.benchmark.fitting import Target
from contradict.benchmark.output.write import write_outputs
from contradict.benchmark.run import JudgementStore, benchmark
from contradict.benchmark.sets import load_set, sample
from contradict.labelled_pairs import PairColumns

__all__ = ["JudgementStore", "PairColumns", "Target", "benchmark", "calibrate", "load_set", "sample", "write_outputs"]
