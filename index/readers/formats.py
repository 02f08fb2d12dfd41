"""Which file is read by which module, told by its name. Knows no format itself."""

from __future__ import annotations

from pathlib import PurePath

from index.readers.draft import MAX_FILE_BYTES

__all__ = [
    "CONTAINERS",
    "FEED_ARCHIVE",
    "LARGE_FILE_BYTES",
    "READERS",
    "SUFFIXES",
    "is_container",
    "is_feed",
    "is_readable",
    "limit_of",
    "suffix_of",
]

LARGE_FILE_BYTES = 100_000_000
"""Of formats that carry images along, such as PDF, more is read than of plain text."""

_PLAIN = {
    **dict.fromkeys((".txt", ".text"), "index.readers.text"),
    **dict.fromkeys((".md", ".markdown"), "index.readers.markdown"),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "index.readers.json_lines"),
    **dict.fromkeys((".csv", ".tsv"), "index.readers.csv_file"),
}

READERS = _PLAIN | {
    **dict.fromkeys((".html", ".htm", ".xhtml"), "index.readers.html"),
    **dict.fromkeys((".mhtml", ".mht"), "index.readers.mhtml"),
    **dict.fromkeys((".docx", ".odt"), "index.readers.office"),
    **dict.fromkeys((".rss", ".atom", ".xml"), "index.readers.feed"),
    ".pdf": "index.readers.pdf",
    ".eml": "index.readers.mail",
    ".xlsx": "index.readers.xlsx",
}
"""Modules that take a file apart, by suffix. They run in a process of their own (isolation.py)."""

CONTAINERS = {
    ".gz": "index.readers.gzip_file",
    ".zip": "index.readers.zip_file",
    ".warc": "index.readers.warc",
    ".warc.gz": "index.readers.warc",
}
"""The same for what holds other files."""

FEED_ARCHIVE = ".feed.warc.gz"
"""How a web archive is called that holds one feed only, as it was at several times: the newest first."""

SUFFIXES = READERS.keys() | CONTAINERS.keys()
"""All that can be read."""


def suffix_of(name: str) -> str:
    """What tells the format, in small letters: ".warc.gz" for a packed web archive, the last suffix of others."""
    lower = name.lower()
    return ".warc.gz" if lower.endswith(".warc.gz") else PurePath(lower).suffix


def limit_of(name: str) -> int:
    """How many bytes of a file of this name are held in memory at most."""
    return MAX_FILE_BYTES if suffix_of(name) in _PLAIN else LARGE_FILE_BYTES


def is_container(name: str) -> bool:
    """Whether a file of this name holds others."""
    return suffix_of(name) in CONTAINERS


def is_feed(name: str) -> bool:
    """Whether a file of this name is read as a feed."""
    return READERS.get(suffix_of(name)) == "index.readers.feed"


def is_readable(name: str) -> bool:
    """Whether a file of this name can be read; of a packed one, whether what is in it can."""
    suffix = suffix_of(name)
    if suffix == ".gz":
        inner = suffix_of(name[: -len(".gz")])
        return inner in SUFFIXES and inner not in CONTAINERS
    return suffix in SUFFIXES
