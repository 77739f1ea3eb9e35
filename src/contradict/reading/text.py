"""Bytes to text, and the front matter at the head of a text."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

import yaml

# The mark of UTF-32 begins with that of UTF-16, and so stands before it.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_MAX_CONTROL_SHARE = 0.02  # stray control bytes occur in text; in compressed or image data they are one in ten
_MAX_DAMAGE_SHARE = 0.1  # of the characters beyond ASCII; in another encoding nearly all of them are invalid UTF-8
_DETECTION_BYTES = 65536
# What stories were saved in before UTF-8. Left to all it knows, the detector takes short Polish for Maltese.
_LEGACY_ENCODINGS = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("iso8859_2", "koi8_r", "koi8_u", "tis_620", "gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
# Of the encodings that Python knows, those that a page may declare; UTF-8 is tried without being declared.
_DECLARABLE = re.compile("big5|cp125|cp8[56]|cp874|cp932|cp949|euc|gb|iso2022|iso8859|koi8|kz1048|mac|shift_jis|tis")
# What pages mean by a name, where it is more than Python does: https://encoding.spec.whatwg.org/#names-and-labels
_MEANT = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_ext",
}
_SPELLINGS = {
    "windows-874": "cp874",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso8859-8",
    "x-mac-cyrillic": "mac-cyrillic",
}
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,10000}?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FRONT_MATTER_LINE = re.compile(r"^(\w+):[ \t]+(.*?)[ \t]*$", re.MULTILINE)
_FRONT_MATTER_KEYS = frozenset(["id", "title", "source", "published", "date", "language", "set"])


class UnreadableError(ValueError):
    """Input that holds no article; the message is the reason to report."""


def decode(data: bytes, declared: str | None = None) -> str:
    r"""Text of a file, in whatever encoding it has.

    UTF-8, UTF-16 and UTF-32 are known by their byte order mark, which is removed; without one the text is UTF-8, even
    with a few damaged characters, or else in the older encoding that it declares, or in that which charset_normalizer
    finds. Line ends become `\n`.

    Args:
        data: content of the file.
        declared: name of the encoding that the file itself states; passed over where it is unknown or cannot be right.

    Raises:
        UnreadableError: the bytes are no text, or nothing but white space.
    """
    encoding = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    text = data.decode(encoding, "replace").removeprefix("\ufeff") if encoding else _decode_unmarked(data, declared)
    if not text.strip():
        raise UnreadableError("empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def make_usable(text: str) -> str:
    """Replace each lone surrogate and NUL, which no file or terminal takes, by U+FFFD; no offset changes."""
    return _UNUSABLE.sub("\ufffd", text)


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """Part a text from the YAML front matter at its head.

    A block between two lines `---` at the very start counts as front matter where it has at least one of the keys
    id, title, source, published, date, language and set, in any case. `date` stands for `published`. Values stay as
    they are written: `no` is a language, `007` an id.

    Returns:
        The keys named above with their values, and the text after the closing line. Without front matter, no keys
        and the whole text.
    """
    block = _FRONT_MATTER.match(text)
    if block is None:
        return {}, text
    fields = {
        key.lower(): None if value in ("null", "~") else value
        for key, value in _parse_front_matter(block[1]).items()
        if isinstance(key, str) and key.lower() in _FRONT_MATTER_KEYS
    }
    if not fields:
        return {}, text
    date = fields.pop("date", None)
    return {**fields, "published": fields.get("published") or date}, text[block.end() :]


def _parse_front_matter(block: str) -> dict[object, object]:
    try:
        fields = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        # Headlines with an unquoted colon are common, and no YAML.
        return {key: value.strip("\"'") for key, value in _FRONT_MATTER_LINE.findall(block)}
    return fields if isinstance(fields, dict) else {}


def _decode_unmarked(data: bytes, declared: str | None) -> str:
    stated = _declarable(declared or "")
    if stated and stated.startswith("iso2022") and data.isascii():  # it would pass for UTF-8
        return data.decode(stated, "replace")
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if controls > _MAX_CONTROL_SHARE * len(data):
        raise UnreadableError("not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if text.count("\ufffd") <= _MAX_DAMAGE_SHARE * beyond_ascii:
        return text
    if stated:
        with suppress(UnicodeDecodeError):
            return data.decode(stated)
    return data.decode(_detect_encoding(data), "replace")


def _declarable(name: str) -> str | None:
    """Python's name of the older encoding that a page means by a name, or None where it means none."""
    name = name.lower()
    try:
        encoding = codecs.lookup(_SPELLINGS.get(name, name)).name
    except LookupError:
        return None
    return _MEANT.get(encoding, encoding) if _DECLARABLE.match(encoding) else None


def _detect_encoding(data: bytes) -> str:
    from charset_normalizer import from_bytes

    if len(data) > _DETECTION_BYTES:
        # Only bytes beyond ASCII tell encodings apart, and they may come late.
        telling = [line for line in data.split(b"\n") if not line.isascii()]
        data = b"\n".join(telling)[:_DETECTION_BYTES]
    best = from_bytes(data, cp_isolation=_LEGACY_ENCODINGS).best()
    if best is None:
        raise UnreadableError("not text")
    return best.encoding
