"""A report as HTML: all of its text is there, what is marked is exactly the span, and nothing of it becomes markup."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.records import Copy, Report
from assistant.ui.cards import sources_html
from assistant.ui.labels import LANGUAGES
from assistant.ui.pieces import about_html
from assistant.ui.report import citation_text, copy_html, no_report_html, open_html, read_span, report_html
from tests.helpers import hard_texts
from tests.test_page import HOSTILE, QUOTE, Elements, make_answer, make_report

TODAY = dt.date(2026, 11, 23)
ALLOWED = set(
    re.findall(
        "[a-z0-9]+",
        "article header h2 h3 h4 bdi button p time span cite a div mark details summary dl dt dd ul li q",
    )
)


def shown_text(markup: str) -> str:
    body = markup[markup.index('<div class="report-text"') :]
    return html.unescape(re.sub("<[^>]*>", "", re.sub('<h3 class="page">.*?</h3>', "", body)))


@given(hard_texts, st.data())
def test_the_whole_text_is_shown_and_the_mark_is_exactly_the_span(text: str, data: st.DataObject) -> None:
    starts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=3)))
    details = {"page_starts": " ".join(map(str, starts))} if starts else {}
    report = Report.make(text, title="t", details=details)
    start = data.draw(st.integers(0, max(len(text) - 1, 0)))
    end = data.draw(st.integers(start, len(text)))
    shown = report_html(report, (start, end) if start < end else None, "en", TODAY)
    assert shown_text(shown) == text
    marked = "".join(re.findall("<mark>(.*?)</mark>", shown, re.DOTALL))
    assert html.unescape(marked) == text[start:end]


@pytest.mark.parametrize("field", ["text", "title", "source", "url"])
def test_hostile_fields_stay_text(field: str) -> None:
    report = make_report(**{field: HOSTILE})
    shown = [report_html(report, (0, 5), language, TODAY) for language in LANGUAGES]
    for markup in [
        *shown,
        copy_html(report, HOSTILE, "en"),
        open_html(report, (0, 5), "en"),
        no_report_html("<b>", "en"),
    ]:
        elements = Elements(markup)
        assert {tag for tag, _ in elements.seen} <= ALLOWED
        assert not any(name.startswith("on") for _, attributes in elements.seen for name in attributes)
    assert 'class="link"' in shown[0] or field == "url"


def test_a_report_tells_its_pages() -> None:
    report = Report.make("First page.Second page.", title="t", details={"page_starts": "0 11"})
    shown = report_html(report, (11, 23), "en", TODAY)
    assert re.findall('<h3 class="page">(.*?)</h3>', shown) == ["Page 1", "Page 2"]
    assert shown.index("Page 2") < shown.index("<mark>Second page.</mark>")


@pytest.mark.parametrize(
    "written", ["", "1", "5-5", "6-5", "0-1000000", "-1-3", "a-b", "0-5x", "٠-٥", "0-99999999999999"]
)
def test_an_address_with_another_span_marks_nothing(written: str) -> None:
    assert read_span(written, make_report()) is None


def test_a_span_is_read() -> None:
    assert read_span("0-11", make_report()) == (0, 11)


@pytest.mark.parametrize(
    ("published", "language", "expected"),
    [
        ("2017-11-09", "en", "November 9, 2017 · 9 years old"),
        ("2017-11", "en", "November 2017 (day not given) · 8 years old"),
        ("2017", "de", "2017 (ohne Monat) · 8 Jahre alt"),
        ("2026-11-20", "en", "November 20, 2026 · 3 days old"),
        ("2026-11", "en", "November 2026 (day not given)"),  # no older than its last day
        ("2026-11-23", "en", "November 23, 2026"),
        ("2017-11-09", "ar", "9 نوفمبر 2017 · عمره 9 سنوات"),
    ],
)
def test_the_date_says_its_precision_and_its_age(published: str, language: str, expected: str) -> None:
    about = re.sub("<[^>]*>", "", about_html(make_report(published=published), language, TODAY))
    assert about.startswith(f"{expected} · Levant Desk · ")


def test_without_a_date_there_is_no_age() -> None:
    report = replace(make_report(), published=PartialDate())
    assert "old" not in about_html(report, "en", TODAY)


def test_a_citation_has_quote_title_source_date_and_address() -> None:
    report = make_report(text="It fell.", published="2017-11")
    expected = "“It fell.” — A title, Levant Desk, November 2017, https://example.org/a?b=1&c=2"
    assert re.sub("[\u2068\u2069]", "", citation_text(report, "It fell.", "en")) == expected
    nameless = make_report(source=None, url="javascript:alert(1)")
    expected = "\u2068A title\u2069, \u2068Quelle nicht genannt\u2069, 9. November 2017"
    assert citation_text(nameless, None, "de") == expected


def test_nothing_of_a_report_turns_a_citation_round() -> None:
    for hostile in ("\u202e", "\u2069\u202e", "\u2067", "\u202b\u2068\n\u202e\u2066"):
        report = make_report(text=f"It {hostile} fell.", title=hostile, source=hostile)
        line = citation_text(report, report.text, "en")
        assert report.text in line
        for end in (line.index("” —"), line.index(", November"), len(line)):
            assert left_open(line[:end]) == []


def left_open(text: str) -> list[str]:
    """The controls of direction that hold at the end of a text, as UAX #9 has it (X1 to X8, below its limit)."""
    stack: list[str] = []
    for character in text:
        if character == "\n":
            stack = []
        elif character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068":
            stack.append(character)
        elif character == "\u202c" and stack and stack[-1] < "\u2066":
            stack.pop()
        elif character == "\u2069" and any(one >= "\u2066" for one in stack):
            while stack.pop() < "\u2066":
                pass
    return stack


def test_the_button_has_the_citation_byte_for_byte() -> None:
    report = make_report(text='One\r\n"two".', title="a & b")
    button = Elements(copy_html(report, report.text, "en")).all("button")[0]
    assert button["data-text"] == citation_text(report, report.text, "en")


def test_the_score_is_told_in_its_parts_and_folded() -> None:
    answer = make_answer(make_report())
    why = {"dense": 0.5, "lexical": 0.1, "place": 0.0, "date": -0.2, "unheard of": 1.0}
    scored = replace(answer, citations=(replace(answer.citations[0], score=0.4, why=why),))
    shown = sources_html(scored, 1, TODAY)
    assert '<details class="why"><summary>' in shown
    assert "fits the question: 0.40" in shown
    assert re.findall('<dd dir="ltr">(.*?)</dd>', shown) == ["+0.50", "+0.10", "+0.00", "-0.20"]
    assert 'class="why"' not in sources_html(answer, 1, TODAY)


@pytest.mark.parametrize(("count", "said"), [(1, "Also in 1 other<"), (3, "Also in 3 others<")])
def test_copies_are_folded_and_counted(count: int, said: str) -> None:
    answer = make_answer(make_report())
    copies = tuple(Copy(make_report(title=HOSTILE + str(n)), 0, 5, True) for n in range(count))
    shown = sources_html(replace(answer, citations=(replace(answer.citations[0], copies=copies),)), 1, TODAY)
    assert f'<details class="copies"><summary>{said}' in shown
    assert {tag for tag, _ in Elements(shown).seen} <= ALLOWED


def test_a_card_leads_to_its_sentence_in_the_report() -> None:
    answer = make_answer(make_report())
    cited = answer.citations[0]
    link = next(a for a in Elements(sources_html(answer, 1)).all("a") if a.get("class") == "report")
    assert link["href"] == f"?r={cited.report.id}&s={cited.start}-{cited.end}"
    assert cited.report.text[cited.start : cited.end] == QUOTE
