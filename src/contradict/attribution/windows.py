"""What the tagger says of a token, and the windows of tokens in which it reads an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from contradict.records import Mode, Stance

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ROLES = ("source", "cue", "content")
TAGS = ("O", *(f"{start}-{role}" for role in ROLES for start in "BI"))
"""What a token can be: outside, or at the beginning of or inside the words that name a source, the words of reporting,
or what is reported."""
STANCES: tuple[Stance, ...] = get_args(Stance)
MODES: tuple[Mode, ...] = get_args(Mode)
OUTPUTS = (*TAGS, *(f"stance-{name}" for name in STANCES), *(f"mode-{name}" for name in MODES))
"""Names of the tagger's outputs: of each token its tag, and the stance and the mode of the sentence that it is in."""
PARTS = {
    "tags": slice(0, len(TAGS)),
    "stances": slice(len(TAGS), len(TAGS) + len(STANCES)),
    "modes": slice(len(TAGS) + len(STANCES), len(OUTPUTS)),
}
"""Which of the outputs are of one choice."""

MAX_TOKENS, OVERLAP = 256, 64

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens of a part of a text.

    Attributes:
        ids: of the tokens, with those that begin and end a text.
        offsets: range of code points of each token; empty for those that begin and end a text.
        counts: whether the token counts in this window, and not in one that it shares the token with.
    """

    ids: list[int]
    offsets: list[Span]
    counts: list[bool]


def cut(tokenizer: PreTrainedTokenizerBase, text: str, max_tokens: int = MAX_TOKENS) -> list[Window]:
    """Cut a text into windows that overlap; a token counts in the window in which it has more around it.

    Args:
        tokenizer: of the encoder.
        text: of an article.
        max_tokens: of a window; a quarter of them it shares with the next.
    """
    overlap = max_tokens * OVERLAP // MAX_TOKENS
    encoded = tokenizer(
        text, truncation=True, max_length=max_tokens, stride=overlap, return_overflowing_tokens=True,
        return_offsets_mapping=True, return_special_tokens_mask=True,
    )  # fmt: skip
    found = []
    parts = list(zip(encoded["input_ids"], encoded["offset_mapping"], encoded["special_tokens_mask"], strict=True))
    for number, (ids, offsets, special) in enumerate(parts):
        inner = [at for at, is_special in enumerate(special) if not is_special]
        first = inner[: overlap // 2] if number else []
        last = inner[len(inner) - (overlap - overlap // 2) :] if number < len(parts) - 1 else []
        counted = set(inner).difference(first, last)
        found.append(Window(list(ids), [(a, b) for a, b in offsets], [at in counted for at in range(len(ids))]))
    return found
