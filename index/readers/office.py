"""Reads word processor documents: DOCX (Word) and ODT (LibreOffice). Both are XML files in a ZIP archive.

Every paragraph is read, also in tables, text boxes and notes; deleted text that a document still carries is not.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from assistant.dates import PartialDate
from index.readers.decoding import clean
from index.readers.draft import Draft, RawFile, Unreadable, known
from index.readers.fields import language_code, one_line, split_name

__all__ = ["read"]

_MAX_PART = 100_000_000  # bytes of one XML file
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # the same again, for old programs

_PARAGRAPHS = {f"{_W}p", f"{_TEXT}p", f"{_TEXT}h"}
_DELETED = {f"{_W}del", f"{_W}delText", f"{_W}instrText", f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", _FALLBACK}
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011"} | {
    f"{_TEXT}tab": "\t",
    f"{_TEXT}line-break": "\n",
}


def read(file: RawFile) -> Iterator[Draft]:
    """The one report in the document, its paragraphs separated by blank lines. Unreadable where it has no text."""
    try:
        with zipfile.ZipFile(file.path) as archive:
            names = set(archive.namelist())
            parts = [name for name in _parts(names) if name in names]
            if not parts:
                raise Unreadable("it is a ZIP archive, but no document of Word or LibreOffice")
            trees = [_tree(archive, name) for name in parts]
            about = next((_tree(archive, name) for name in ("docProps/core.xml", "meta.xml") if name in names), None)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        reason = "it is damaged, locked by a password, or an old document (.doc); save it anew as DOCX or as text"
        raise Unreadable(reason) from error
    paragraphs = (paragraph for tree in trees for paragraph in _paragraphs(tree))
    text = "\n\n".join(words for paragraph in paragraphs if (words := clean(paragraph).strip()))
    if not text:
        raise Unreadable("the document has no text")
    title, language = split_name(file.name)
    yield Draft(
        origin=file.origin,
        digest=file.digest,
        text=text,
        title=_said(about, "title") or title,
        published=PartialDate(),
        source=None,
        url=file.url,
        language=language or language_code(_said(about, "language")),
        encoding="utf-8",
        details=known(author=_said(about, "creator"), retrieved=file.retrieved),
    )


def _parts(names: set[str]) -> list[str]:
    if "word/document.xml" in names:
        return ["word/document.xml", "word/footnotes.xml", "word/endnotes.xml"]
    return ["content.xml"] if "content.xml" in names else []


def _tree(archive: zipfile.ZipFile, name: str) -> Any:
    """An XML file as an lxml tree (a type that mypy does not know). Unreadable where it is too large or no XML."""
    with archive.open(name) as stream:
        data = stream.read(_MAX_PART + 1)
    if len(data) > _MAX_PART:
        raise Unreadable(f"{name} in it is larger than {_MAX_PART // 1_000_000} MB; save its text as a .txt file")
    if b"<!DOCTYPE" in data[:1000]:
        raise Unreadable(f"{name} in it declares a document type, as no word processor does; save it anew")
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"{name} in it is damaged ({error}); save it anew") from error


def _paragraphs(tree: Any) -> Iterator[str]:
    """The texts of paragraphs in order; one that lies inside of another (a text box, a note) comes after it."""
    waiting = [tree]
    while waiting:
        element = waiting.pop()
        if element.tag in _DELETED:
            continue
        if element.tag in _PARAGRAPHS:
            inside: list[Any] = []
            yield "".join(_words(element, inside))
            waiting += reversed(inside)
        else:
            waiting += reversed(element)


def _words(element: Any, inside: list[Any]) -> Iterator[str]:
    """The text of a paragraph; the paragraphs in it are put aside."""
    word = str(element.tag).startswith(_W)
    if element.text and (not word or element.tag == f"{_W}t"):
        yield element.text
    for child in element:
        if child.tag in _PARAGRAPHS:
            inside.append(child)
        elif child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c") or 1), 100)
        elif child.tag not in _DELETED and isinstance(child.tag, str):
            yield from _words(child, inside)
        if child.tail and not word:
            yield child.tail


def _said(tree: Any, name: str) -> str | None:
    found = tree.find(f".//{_DC}{name}") if tree is not None else None
    return one_line(clean(found.text)) if found is not None and found.text else None
