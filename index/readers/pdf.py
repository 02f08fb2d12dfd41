"""Reads the text of PDF documents, by pypdf, page by page; a scanned one has none, and is refused as such.

Where each page begins in the text is kept (`page_starts`), so that a citation can say its page. Lines at the head and
foot of the pages that repeat, but for their numbers, are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError

from assistant.dates import PartialDate
from index.readers.decoding import clean
from index.readers.draft import Draft, RawFile, Unreadable, known
from index.readers.fields import one_line, split_name

__all__ = ["read"]

_MAX_PAGES = 3_000
_MARGIN = 2  # lines at the head and foot of a page that may be running titles
# Ligatures and the shapes that Arabic letters take in a word; in text they stand for the letters themselves.
_SHAPES = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_])")
_FROM_RIGHT = re.compile(r"[\u0590-\u08ff]")
_FROM_LEFT = re.compile(r"[0-9A-Za-z]")
_GOES_ON = re.compile(r"[^.!?…:;؟。”\"»)\]]\s*\Z")


def read(file: RawFile) -> Iterator[Draft]:
    """The one report in the document. Unreadable where it is locked, or has no text."""
    document = _open(file.data)
    pages = [_paragraphs(page) for page in _without_margins([_text(page.extract_text()) for page in document.pages])]
    empty = [number for number, page in enumerate(pages, start=1) if not page.strip()]
    if len(empty) == len(pages):
        raise Unreadable("no page has text: it is scanned. Recognise its text first, for example with ocrmypdf")
    text, starts = _joined(pages)
    about = document.metadata
    title, language = split_name(file.name)
    yield Draft(
        origin=file.origin,
        digest=file.digest,
        text=text,
        title=one_line(_said(about and about.title)) or title,
        published=PartialDate(),
        source=None,
        url=file.url,
        language=language,
        encoding="PDF",
        warnings=tuple(_warnings(text, empty)),
        details=known(
            author=one_line(_said(about and about.author)),
            page_starts=" ".join(map(str, starts)),
            retrieved=file.retrieved,
        ),
    )


def _warnings(text: str, empty: Sequence[int]) -> Iterator[str]:
    if empty:
        yield f"without text, and left out: page {', '.join(map(str, empty))}"[:200]
    if any(_FROM_RIGHT.search(line) and _FROM_LEFT.search(line) for line in text.split("\n")):
        yield "numbers and Latin letters may stand in another place of their Arabic or Hebrew line than on the page"


def _open(data: bytes) -> PdfReader:
    try:
        document = PdfReader(BytesIO(data))
        pages = len(document.pages)
    except (FileNotDecryptedError, DependencyError) as error:
        raise Unreadable("it is locked by a password; save a copy that is not") from error
    if pages > _MAX_PAGES:
        raise Unreadable(f"it has {pages} pages, more than {_MAX_PAGES}; split it")
    return document


def _said(value: object) -> str | None:
    return clean(value) if isinstance(value, str) else None


def _text(page: str) -> str:
    """The text of a page: letters for their shapes, no words cut at the end of a line."""
    lines = (line.strip() for line in clean(page).splitlines())
    text = "\n".join(line for line in lines if line)
    text = _SHAPES.sub(lambda shapes: unicodedata.normalize("NFKC", shapes[0]), text)
    return _HYPHEN.sub(lambda cut: "" if text[cut.end()].islower() else "-", text)


def _without_margins(pages: Sequence[str]) -> list[str]:
    """The pages without the lines at their head and foot that most of them share, whatever number is in them.

    A line that ends as sentences do is kept.
    """
    if len(pages) < 3:
        return list(pages)
    margins = [_margin(page.split("\n")) for page in pages]
    count = Counter(line for margin in margins for line in {_unnumbered(text) for text in margin})
    running = {line for line, times in count.items() if times >= max(3, 0.6 * len(pages)) and _goes_on(line)}
    kept = []
    for page in pages:
        lines = page.split("\n")
        inner = range(_MARGIN, len(lines) - _MARGIN)
        kept.append("\n".join(line for at, line in enumerate(lines) if at in inner or _unnumbered(line) not in running))
    return kept


def _margin(lines: Sequence[str]) -> Sequence[str]:
    return lines if len(lines) <= 2 * _MARGIN else [*lines[:_MARGIN], *lines[-_MARGIN:]]


def _unnumbered(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def _paragraphs(page: str) -> str:
    """The page with a blank line where a paragraph ends, and after a heading: where a line ends long before the margin.

    A line in the middle of a sentence is never followed by one, unless it stands where a heading would.
    """
    lines = page.split("\n")
    margin = sorted(map(len, lines))[int(0.8 * len(lines))] if lines else 0
    text, ended = "", True
    for at, line in enumerate(lines):
        onward = lines[at + 1] if at + 1 < len(lines) else ""
        at_end = not _goes_on(line)
        paragraph = at_end and len(line) < 0.85 * margin
        heading = ended and not at_end and len(line) < 0.6 * margin and len(onward) > 0.8 * margin
        breaks = (paragraph or heading) and not onward[:1].islower()
        text += line + ("" if not onward else "\n\n" if breaks else "\n")
        ended = at_end or breaks
    return text


def _joined(pages: Sequence[str]) -> tuple[str, list[int]]:
    """The text of all pages, and the offset at which each begins. A sentence may go on from one to the next."""
    text, starts = "", []
    for page in pages:
        if text and page:
            text += "\n" if _goes_on(text) and not page[:1].isupper() else "\n\n"
        starts.append(len(text))
        text += page
    return text, starts


def _goes_on(text: str) -> bool:
    """Whether a sentence may go on after the text. Only its end is searched: it would be from each character on."""
    return _GOES_ON.search(text[-100:]) is not None
