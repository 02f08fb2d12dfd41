"""What goes into the store and comes out of it, beside the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np
import numpy.typing as npt

from assistant.dates import PartialDate
from assistant.embedding import Vectors
from assistant.errors import ReportError
from assistant.records import Mention, Passage, Report, Sentence

__all__ = [
    "CatalogCounts",
    "EmbeddedReport",
    "FileRead",
    "FileStamp",
    "IndexedPassage",
    "IndexedReport",
    "Kind",
    "Naming",
    "Origin",
    "in_parts",
]

Kind = Literal["passages", "sentences"]
"""What has a vector. A passage is known by its id, a sentence by `report_id:number`."""

_TOGETHER = 200  # reports whose vectors are read in one go


@dataclass(frozen=True, slots=True)
class FileStamp:
    """By what a file is known without reading it: its path, its size in bytes, when it was last changed in nanoseconds
    since 1970, and the mapping that it was read by."""

    path: str
    size: int
    mtime_ns: int
    read_by: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """What became of a file: its stamp, if there is one, what was refused, and the records that are gone from it."""

    path: str
    stamp: FileStamp | None = None
    refused: tuple[ReportError, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a report was read from, and the hash of the bytes that were read."""

    origin: str
    digest: str


@dataclass(frozen=True, slots=True)
class Naming:
    """How often reports of one language and date spell a place or a group like this."""

    language: str
    published: PartialDate
    spelling: str
    count: int


@dataclass(frozen=True, slots=True)
class EmbeddedReport:
    """A report with what the vector index is made of. Vectors have one row a sentence and one row a passage."""

    report: Report
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    sentence_vectors: Vectors
    passage_vectors: Vectors


@dataclass(frozen=True, slots=True)
class IndexedReport(EmbeddedReport):
    """A report with everything that the index holds of it.

    `terms` has one set a sentence (terms.py). `mentions` and `signature` are those of the whole text (analysis.py,
    copies.py); without a signature it is nobody's copy.
    """

    terms: tuple[frozenset[str], ...]
    mentions: tuple[Mention, ...] = ()
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage with what it takes to score it. `keys` are the store's own numbers for its sentences, in order;
    vectors have the shapes (dimensions,) and (len(sentences), dimensions)."""

    passage: Passage
    vector: Vectors
    sentences: tuple[Sentence, ...]
    keys: npt.NDArray[np.int64]
    sentence_vectors: Vectors


@dataclass(frozen=True, slots=True)
class CatalogCounts:
    """How much there is."""

    reports: int
    passages: int
    sentences: int


def in_parts(report_ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids, as many at a time as are read in one go."""
    left = iter(report_ids)
    while part := list(islice(left, _TOGETHER)):
        yield part
