"""A scan as a process for itself that writes many small parts, so that a kill can come between any two."""

import sys
from dataclasses import replace

from contradict.batch import store
from contradict.cli import main

PRELOADED = [
    "contradict.attribution.tagger",
    "contradict.batch.results",
    "contradict.batch.store",
    "contradict.cli",
    "contradict.models.loading",
    "contradict.nli",
    "contradict.report.write",
    "contradict.topics",
    "faiss",
    "sentence_transformers",
    "sklearn.cluster",
    "transformers.models.bert.modeling_bert",
]
"""What takes long to import, and touches no store."""


def scan(arguments):
    for name, chunk in (("_VECTORS", 10), ("_ATTRIBUTIONS", 1_000), ("_JUDGEMENTS", 50)):
        setattr(store, name, replace(getattr(store, name), chunk=chunk))
    sys.exit(main(["scan", *arguments]))
