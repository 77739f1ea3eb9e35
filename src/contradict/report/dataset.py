"""A report as a dataset: the columns of the data frame, for what reads `datasets`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contradict.records import Report
from contradict.report.table import to_frame

if TYPE_CHECKING:
    from datasets import Dataset


def to_dataset(report: Report) -> Dataset:
    """One contradiction a row, strongest first, with the columns of `contradict.report.table.to_frame`.

    Args:
        report: what was found.

    Returns:
        columns of the types string, float64 and int64, also where the report is empty; missing values are None.
    """
    from datasets import Dataset, Features, Value

    frame = to_frame(report)
    features = Features({column: Value(str(dtype)) for column, dtype in frame.dtypes.items()})
    return Dataset.from_pandas(frame, features=features, preserve_index=False)
