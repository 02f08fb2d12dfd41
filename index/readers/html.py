"""Reads the main text of a saved web page, by trafilatura, and what the page says about itself. No network.

A date that the page states (in meta tags, JSON-LD, microdata) keeps its own precision. htmldate, which
trafilatura asks otherwise, completes "2017-11" with the day of the month on which it runs; so of its answer
only those parts are kept that stand in the page, and a warning calls it a guess. Where and when a page was saved is
told by what browsers, SingleFile and the Wayback Machine leave in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from trafilatura import bare_extraction
from trafilatura.utils import load_html

from assistant.boilerplate import without_boilerplate
from assistant.dates import PartialDate
from index.readers.decoding import clean, decode
from index.readers.draft import Draft, RawFile, Unreadable, known
from index.readers.fields import http_url, language_code, one_line, parse_date, split_name

__all__ = ["read", "read_page"]

_MAX_TEXT_BYTES = 10_000_000  # libxml2 drops a longer piece of text, and what follows it, without a word
_MAX_ELEMENTS = 50_000  # about five seconds of extraction
_MAX_DEPTH = 200  # libxml2 drops what lies deeper than 255 without a word

_DECLARED_IN = 4096  # bytes
_CHARSET = re.compile(rb"<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)

# Where pages state when they were published, most specific first.
_DATE_META = (
    *("article:published_time", "article:published", "datepublished", "og:published_time", "publication_date"),
    *("citation_publication_date", "publish-date", "publishdate", "pubdate", "parsely-pub-date", "sailthru.date"),
    *("date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dc.date.created", "dcterms.created"),
)
_JSON_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')


# The images and fonts that a page saved in one file carries along.
_DATA_URI = re.compile(rb"data:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*;base64,[A-Za-z0-9+/=%]*")
_SAVED_FROM = re.compile(r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(?P<url>\S+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SAVED_ON = re.compile(
    r"<!--\s*Page saved with SingleFile\s[^>]{0,3000}?"
    rf"saved date: \w{{3}} (?P<month>{'|'.join(_MONTHS)}) (?P<day>\d{{2}}) (?P<year>\d{{4}})"
)
_WAYBACK = re.compile(
    r"https?://web\.archive\.org/web/(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})\d{0,6}(?:[a-z]{2}_)?/"
    r"(?P<scheme>https?):/{1,2}(?P<rest>\S+)",  # trafilatura makes one slash of two
    re.IGNORECASE,
)


def read(file: RawFile) -> Iterator[Draft]:
    """The one report on the page, its paragraphs separated by blank lines. Unreadable where no main text is found."""
    yield read_page(file, file.data, charset=file.charset, url=file.url)


def read_page(file: RawFile, data: bytes, *, charset: str | None = None, url: str | None = None) -> Draft:
    """The report in the bytes of a page; `charset` and `url` are what its container says of it. May be Unreadable."""
    data = _DATA_URI.sub(b"data:,", data)
    decoded = decode(data, charset or _declared_charset(data))
    tree = _tree(decoded.text)
    page = _extract(tree)
    lines = (line.strip() for line in clean(page.text or "").splitlines())
    text = "\n\n".join(without_boilerplate([line for line in lines if line]))
    if not text:
        raise Unreadable("no main text was found on the page; save its text as a .txt file")
    published, published_from, warnings = _published(tree, decoded.text, page.date)
    address, archive_url, retrieved = _saved_from(page.url, url, decoded.text)
    return Draft(
        origin=file.origin,
        digest=file.digest,
        text=text,
        title=one_line(page.title and clean(page.title)) or split_name(file.name)[0],
        published=published,
        source=one_line(page.sitename and clean(page.sitename)),
        url=address,
        language=language_code(tree.get("lang") or tree.get("xml:lang")),
        encoding=decoded.encoding,
        warnings=decoded.warnings + warnings,
        details=known(
            author=one_line(page.author and clean(page.author)),
            published_from=published_from,
            archive_url=archive_url,
            retrieved=retrieved or file.retrieved,
            encoding_from=decoded.encoding_from,
        ),
    )


def _saved_from(canonical: str | None, told: str | None, html: str) -> tuple[str | None, str | None, str | None]:
    """The page's address, that of its copy in the Wayback Machine, and the day on which it was saved.

    `canonical` is what the page calls its address, `told` what its container does.
    """
    comment = _SAVED_FROM.search(html[:_DECLARED_IN])
    addresses = [http_url(address) for address in (canonical, told, comment["url"] if comment else None)]
    for copy in filter(None, map(_WAYBACK.fullmatch, filter(None, addresses))):
        original = f"{copy['scheme']}://{copy['rest']}"
        archived = copy[0][: copy.start("scheme")] + original
        return http_url(original), archived, "-".join((copy["year"], copy["month"], copy["day"]))
    on = _SAVED_ON.search(html[:_DECLARED_IN])
    retrieved = f"{on['year']}-{_MONTHS.index(on['month']) + 1:02}-{on['day']}" if on else None
    return next(filter(None, addresses), None), None, retrieved


def _declared_charset(data: bytes) -> str | None:
    match = _CHARSET.search(data[:_DECLARED_IN])
    return match[1].decode("ascii", "replace") if match else None


def _tree(html: str) -> Any:
    """The page as an lxml tree (a type that mypy does not know); Unreadable where it is too large to go through."""
    if len(html.encode("utf-8")) > _MAX_TEXT_BYTES:
        raise Unreadable(f"the page is larger than {_MAX_TEXT_BYTES // 1_000_000} MB; save it without its images")
    tree = load_html(html)
    if tree is None:
        raise Unreadable("not an HTML page; save plain text as a .txt file")
    elements = int(tree.xpath("count(//*)"))
    if elements > _MAX_ELEMENTS:
        raise Unreadable(f"the page has {elements} elements, more than {_MAX_ELEMENTS}; save its text as a .txt file")
    if tree.xpath(f"boolean(//*[count(ancestor::*) > {_MAX_DEPTH}])"):
        raise Unreadable(f"the page is nested more than {_MAX_DEPTH} levels deep; save its text as a .txt file")
    return tree


def _extract(tree: Any) -> Any:
    """trafilatura's Document. Without its precision mode, a page that has no text yields its menu and cookie notice."""
    try:
        page = bare_extraction(
            tree,
            with_metadata=True,
            include_comments=False,
            favor_precision=True,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except RecursionError as error:
        raise Unreadable("the page is nested too deeply; save its text as a .txt file") from error
    if page is None:
        raise Unreadable("no main text was found on the page; save its text as a .txt file")
    return page


def _published(tree: Any, html: str, guess: str | None) -> tuple[PartialDate, str | None, tuple[str, ...]]:
    """The date that the page states, or what can be upheld of htmldate's guess; what it is from; warnings."""
    warnings: list[str] = []
    for value in _stated_dates(tree):
        try:
            published, warning = parse_date(value)
        except Unreadable as error:
            warnings.append(f"left out: {error}")
            continue
        if published.year is not None:
            return published, "metadata", (*warnings, *([warning] if warning else []))
    if not guess:
        return PartialDate(), None, tuple(warnings)
    published = _upheld(dt.date.fromisoformat(guess), html)
    return published, "guess", (*warnings, f"the date {published} is a guess from the page's text or address")


def _stated_dates(tree: Any) -> Iterator[str]:
    metas = [
        ((meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower(), meta.get("content") or "")
        for meta in tree.iter("meta")
    ]
    for name in _DATE_META:
        yield from (content for key, content in metas if key == name)
    for script in tree.xpath("//script[@type='application/ld+json']"):
        yield from _JSON_LD_DATE.findall(script.text or "")
    for element in tree.xpath("//*[@itemprop='datePublished']"):
        yield element.get("datetime") or element.get("content") or ""


def _upheld(date: dt.date, html: str) -> PartialDate:
    """The parts of the date that stand in the page: as 2017-11-09, 9.11.2017, 9 November 2017, November 9, 2017."""
    year, month, day = date.year, date.month, date.day
    word, gap = r"[^\W\d]{3,12}", r"\W{1,3}"
    as_day = "|".join(
        (
            rf"{year}(?P<by>[-/.]?){month:02}(?P=by){day:02}",
            rf"0?{day}\.0?{month}\.{year}",
            rf"0?{day}{gap}{word}{gap}{year}",
            rf"{word} 0?{day},? {year}",
        )
    )
    if re.search(rf"(?<!\d)(?:{as_day})(?!\d)", html):
        return PartialDate.of(date)
    if re.search(rf"(?<!\d)(?:{year}[-/.]{month:02}|{month:02}[-/.]{year})(?!\d)", html):
        return PartialDate(year, month)
    return PartialDate(year)
