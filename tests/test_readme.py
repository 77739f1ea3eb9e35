"""The README's Python runs as it stands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.embedded
def test_the_ten_lines_run(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(block, names)
    assert len(names["frame"]) == len(names["report"]) > 0
    assert capsys.readouterr().out.startswith(f"{names['report'][0].score:.2f} ")


def test_every_module_of_the_picture_is_there():
    picture = (ROOT / "README.md").read_text(encoding="utf-8").partition("## How it works")[2].partition("Each name")[0]
    names = set(re.findall(r"^(?:   │ )?([a-z]{3,})\s{2,}", picture, re.MULTILINE))
    assert {"reading", "statements", "pairing", "judging", "report"} <= names
    assert all(list((ROOT / "src" / "contradict").glob(f"{name}*")) for name in names)
