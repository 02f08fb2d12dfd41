"""Reads Markdown, with or without YAML front matter. The body keeps its Markdown, so that quotes are exact.

Front matter is loaded as plain strings, without YAML's own ideas: `published: 2017-11` stays a month, and
`language: no` Norwegian.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import yaml

from index.readers.decoding import decode
from index.readers.draft import Draft, RawFile, Unreadable
from index.readers.fields import one_line, read_fields, split_name

__all__ = ["read"]

_MAX_FRONT_MATTER = 64 * 1024  # characters
_MAX_DEPTH = 20  # levels of nesting; titles and dates need one
_NULLS = ("", "~", "null", "Null", "NULL")

_NEWLINE = r"(?:\r\n|\r|\n)"
_BLANK_LINES = re.compile(rf"(?:[^\S\r\n]*{_NEWLINE})*")
_OPENING = re.compile(rf"-{{3,}}[ \t]*{_NEWLINE}")
_CLOSING = re.compile(rf"(?:(?<=\n)|(?<=\r))(?:-{{3,}}|\.\.\.)[ \t]*(?:{_NEWLINE}|\Z)")
_HEADING = re.compile(r" {0,3}#[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_CODE_FENCE = re.compile(r" {0,3}(?:```|~~~)")


def read(file: RawFile) -> Iterator[Draft]:
    """The one report in the file. Its text is the slice after the front matter, less the blank lines in front."""
    decoded = decode(file.data)
    values, start = _front_matter(decoded.text)
    text = decoded.text[_skip_blank_lines(decoded.text, start) :]
    if not text.strip():
        raise Unreadable("there is no text after the front matter")
    fields = read_fields(values)
    title, language = split_name(file.name)
    yield Draft(
        origin=file.origin,
        digest=file.digest,
        text=text,
        title=fields.title or _heading(text) or title,
        published=fields.published,
        source=fields.source,
        url=fields.url,
        language=fields.language or language,
        encoding=decoded.encoding,
        warnings=decoded.warnings + fields.warnings,
        details=fields.details | {"encoding_from": decoded.encoding_from},
    )


def _skip_blank_lines(text: str, start: int) -> int:
    match = _BLANK_LINES.match(text, start)
    return match.end() if match else start


def _front_matter(text: str) -> tuple[Mapping[str, object], int]:
    """What the front matter says, and the offset at which the body begins; ({}, 0) where there is none."""
    opening = _OPENING.match(text, _skip_blank_lines(text, 0))
    if opening is None:
        return {}, 0
    lines_before = len(re.findall(_NEWLINE, text[: opening.end()]))
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        raise Unreadable(f"line {lines_before}: the front matter is never closed; end it with a line of ---")
    content = text[opening.end() : closing.start()]
    if len(content) > _MAX_FRONT_MATTER:
        raise Unreadable(f"the front matter is longer than {_MAX_FRONT_MATTER // 1024} KB; move the text below its end")
    return _load(content, lines_before), closing.end()


def _load(content: str, lines_before: int) -> Mapping[str, object]:
    """The front matter as a mapping of plain strings, lists and mappings; Unreadable where it is something else."""
    try:
        _refuse_tricks(content)
        values = yaml.load(content, Loader=yaml.BaseLoader)  # no tags, no types: nothing can be constructed
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {lines_before + mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise Unreadable(f"{place}the front matter cannot be read: {problem}; put such a value in quotes") from error
    if values in (None, ""):
        return {}
    if not isinstance(values, dict):
        reason = "the front matter must be lines such as `title: ...`; a text that begins with --- can begin with ***"
        raise Unreadable(f"line {lines_before + 1}: {reason}")
    return {name: None if isinstance(value, str) and value in _NULLS else value for name, value in values.items()}


def _refuse_tricks(content: str) -> None:
    """Anchors can blow up to any size, tags can name classes, deep nesting overflows the stack: none is needed.

    Raises MarkedYAMLError.
    """
    depth = 0
    for event in yaml.parse(content, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if getattr(event, "anchor", None) or getattr(event, "tag", None) or depth > _MAX_DEPTH:
            problem = "anchors (&), aliases (*), tags (!) and deep nesting are not allowed here"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]


def _heading(text: str) -> str | None:
    """The first `# heading` that does not stand in a block of code."""
    in_code = False
    for line in re.split(_NEWLINE, text):
        if _CODE_FENCE.match(line):
            in_code = not in_code
        elif not in_code and (match := _HEADING.fullmatch(line)):
            return one_line(match[1])
    return None
