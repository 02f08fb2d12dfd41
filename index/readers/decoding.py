"""Turns the bytes of a file into text, or says why that cannot be done. Knows no file format.

The order: a byte order mark, strict UTF-8, the encoding that the file declares, then a guess, which always
carries a warning. The text is what the bytes say: no newline is translated and nothing is stripped, save the
byte order mark. NUL and lone surrogates, which no store can keep, become U+FFFD one for one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from charset_normalizer import from_bytes

from index.readers.draft import Unreadable

__all__ = ["Decoded", "clean", "decode", "half_character", "is_wide", "refuse_magic", "unicode_bytes"]

_SAVE_AS_UTF8 = "save the file as UTF-8"

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (a Word, Excel or EPUB file is one too)"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
)

# The encodings that reports are met in. All that charset-normalizer knows would be too many: it then takes
# German in cp850 for Japanese. Baltic cp1257 is left out, as it is mistaken for Turkish and French too often.
# Where several give the same text, the first of them is named.
_LEGACY = [
    *("cp1252", "cp1250", "cp1251", "cp1256", "cp1253", "cp1254", "cp1255", "koi8_r", "koi8_u"),
    *("iso8859_2", "iso8859_5", "iso8859_6", "cp850", "cp866", "mac_roman", "cp874"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
_ESCAPED = ["iso2022_jp"]
_WIDE = ["utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be"]
# What a page means when it declares the name on the left (https://encoding.spec.whatwg.org/#names-and-labels);
# the names are those that `codecs.lookup` gives.
_DECLARED = {
    **{"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874"},
    **{"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"},
}
_DECLARABLE = {codecs.lookup(name).name for name in _LEGACY + _ESCAPED} | {
    *("iso8859-3", "iso8859-4", "iso8859-7", "iso8859-8", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15"),
    *("iso8859-16", "cp1257", "cp1258", "mac-cyrillic"),
}

# On 200 texts of three sentences each (NTREX), these margins leave 3 of German in cp1252 wrong though warned of, and
# refuse 23; without them 5 are wrong and 8 refused. Cyrillic and Arabic hardly ever go wrong.
_MESS_MARGIN = 0.01
_COHERENCE_MARGIN = 0.03  # of charset-normalizer's 0 to 1, higher is better
_MAX_MESS = 0.1  # charset-normalizer's share of unlikely letter sequences, 0 to 1; text in its own encoding is below
_MAX_CONTROLS = 0.05  # share of the characters; text has hardly any
_ISO_2022 = re.compile(rb"\x1b[$(][@-Z]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_C1_CONTROL = re.compile(r"[\x80-\x84\x86-\x9f]")
_NOT_STORABLE = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with the encoding it was in, by Python's name for it, and what that is known from (draft.py)."""

    text: str
    encoding: str
    encoding_from: str
    warnings: tuple[str, ...] = ()


def clean(text: str) -> str:
    """The same text, as long as before, with U+FFFD for each NUL and each lone surrogate."""
    return _NOT_STORABLE.sub("\ufffd", text)


def half_character(texts: Iterable[str]) -> str | None:
    """Why these cannot be written as they stand, where one of them cannot."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        return f"it holds half a character ({error.reason}). Decode its bytes anew, or drop that character."
    return None


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of a file. `declared` is the encoding that the file names for itself, if it does.

    Unreadable where the file is empty, is binary, or is in an encoding that cannot be told reliably.
    """
    if not data.strip():
        raise Unreadable("the file is empty")
    refuse_magic(data)
    decoded = _by_mark(data) or _as_utf8(data, declared) or _as_declared(data, declared) or _guess(data)
    if not decoded.text.strip():
        raise Unreadable("the file is empty")
    if len(_CONTROL.findall(decoded.text)) > _MAX_CONTROLS * len(decoded.text):
        raise Unreadable("mostly control characters: a binary file, not a text")
    return replace(decoded, text=clean(decoded.text))


def unicode_bytes(data: bytes) -> tuple[bytes, str]:
    """The bytes of a JSON file as UTF-8 without a byte order mark, and the encoding that they were in.

    Without a mark they are returned unchecked, so that one bad line need not spoil the others: JSON is UTF-8
    (RFC 8259), and nothing is guessed. Unreadable where the file is empty or binary.
    """
    if not data.strip():
        raise Unreadable("the file is empty")
    refuse_magic(data)
    marked = _by_mark(data)
    if marked is None:
        return data, "utf-8"
    return marked.text.encode("utf-8", "surrogatepass"), marked.encoding


def is_wide(data: bytes) -> bool:
    """Whether it begins with a mark of UTF-16 or UTF-32, in which bytes do not tell where a line ends."""
    return any(data.startswith(mark) for mark, encoding in _BYTE_ORDER_MARKS if encoding != "utf-8")


def refuse_magic(data: bytes) -> None:
    """Unreadable where the first bytes are those of a format that holds no plain text."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise Unreadable(f"{kind}, not a text; export its text first")


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            # Lone surrogates occur in UTF-16 made by old programs; in UTF-8 they are an error.
            errors = "strict" if encoding == "utf-8" else "surrogatepass"
            body = data[len(mark) :]
            if encoding == "utf-8" and b"\0" in body:
                raise Unreadable("it holds NUL bytes: a binary file, not a text")
            try:
                return Decoded(body.decode(encoding, errors), encoding, "byte order mark")
            except UnicodeDecodeError as error:
                place = len(mark) + error.start
                reason = f"it begins with the mark of {encoding}, but byte {place} is not {encoding}; {_SAVE_AS_UTF8}"
                raise Unreadable(reason) from error
    return None


def _as_utf8(data: bytes, declared: str | None) -> Decoded | None:
    """Strict UTF-8, even where something else is declared: text in another encoding is hardly ever valid UTF-8."""
    if b"\0" in data or _ISO_2022.search(data):
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(data, error.start)
        return None
    if declared is None or text.isascii() or _python_name(declared) in (None, "utf-8"):
        return Decoded(text, "utf-8", "strict UTF-8")
    return Decoded(text, "utf-8", "strict UTF-8", (f"it declares {declared!r} but is UTF-8, and was read as UTF-8",))


def _refuse_damaged_utf8(data: bytes, place: int) -> None:
    """A UTF-8 file with a few broken bytes is no reason to take the rest of it for Windows-1252."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(not character.isascii() for character in text) - broken > broken:
        raise Unreadable(f"nearly all of it is UTF-8, but byte {place} is not: it is damaged; repair or cut that place")


def _as_declared(data: bytes, declared: str | None) -> Decoded | None:
    name = _python_name(declared) if declared is not None else None
    if name not in _DECLARABLE or b"\0" in data:
        return None
    try:
        return Decoded(data.decode(name), name, "declared")
    except UnicodeDecodeError:
        return None


def _python_name(declared: str) -> str | None:
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    return _DECLARED.get(name, name)


def _guess(data: bytes) -> Decoded:
    """What charset-normalizer finds likeliest, with a warning; Unreadable where nothing stands out."""
    if b"\0" in data:
        candidates, unlikely = _WIDE, "it holds NUL bytes: a binary file, not a text"
    else:
        candidates = _ESCAPED if _ISO_2022.search(data) else _LEGACY
        unlikely = f"its encoding cannot be told; {_SAVE_AS_UTF8}"
    found = from_bytes(data, cp_isolation=candidates, preemptive_behaviour=False, enable_fallback=False)
    matches = [match for match in found if match.chaos <= _MAX_MESS and not _C1_CONTROL.search(str(match))]
    if not matches or matches[0].language == "Unknown":
        raise Unreadable(unlikely)
    best = matches[0]
    rivals = [
        match
        for match in matches[1:]
        if match.chaos - best.chaos <= _MESS_MARGIN
        and best.coherence - match.coherence <= _COHERENCE_MARGIN
        and str(match) != str(best)
    ]
    if rivals:
        names = " or ".join(match.encoding for match in (best, *rivals))
        raise Unreadable(f"it could be {names}, which read differently; {_SAVE_AS_UTF8}")
    encoding = next((name for name in candidates if name in best.could_be_from_charset), best.encoding)
    warning = f"decoded as {encoding}, which is a guess; {_SAVE_AS_UTF8} to be sure"
    return Decoded(str(best), encoding, "guess", (warning,))
