"""Answers as HTML: nothing of a report becomes markup, and what is marked is exactly what is cited."""

from __future__ import annotations

import datetime as dt
import html
import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from string import Template

import pytest

from assistant.dates import PartialDate
from assistant.errors import LagebildError
from assistant.overview import Status
from assistant.records import (
    Answer,
    Caveat,
    CaveatKind,
    Citation,
    Hit,
    Passage,
    Problem,
    ProblemKind,
    Refusal,
    Report,
    ScoredSentence,
    Sentence,
    Statement,
    Support,
)
from assistant.store.rows import CatalogCounts
from assistant.turns import Turn, Understood
from assistant.ui.answers import answer_html, draft_html, notes_html, problem_html
from assistant.ui.cards import sources_html
from assistant.ui.first import first_html
from assistant.ui.labels import LANGUAGES, label, negotiate
from assistant.ui.masthead import header_html
from assistant.ui.report import no_report_html
from assistant.ui.transcript import sources_column_html, turn_html

TEXT = "First line.\r\nThe army <b>took</b> the town & \"held\" it.  Then 'nothing' ${x} {{y}} *z*.\n\nEnd."
QUOTE = "The army <b>took</b> the town & \"held\" it.  Then 'nothing' ${x} {{y}} *z*."
HOSTILE = '</bdi></p><img src=x onerror=alert(1)><script>window.pwned=1</script>"\' onmouseover=alert(1) x="'
ALLOWED = set(
    re.findall(
        "[a-z0-9]+",
        "div dl dt dd p ol ul li blockquote a span time cite bdi aside h3 h4 article mark button details summary",
    )
)


class Elements(HTMLParser):
    """The elements and attributes that a parser sees, and whether all are closed in order."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "input":  # it has no end
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def make_report(
    text: str = TEXT,
    title: str = "A title",
    source: str | None = "Levant Desk",
    url: str | None = "https://example.org/a?b=1&c=2",
    published: str = "2017-11-09",
) -> Report:
    return Report.make(text, title=title, source=source, url=url, published=PartialDate.parse(published), language="en")


def make_answer(report: Report, language: str = "en", quote: str = QUOTE) -> Answer:
    start = report.text.index(quote)
    passage = Passage("p", report.id, 0, len(report.text), 0, 2)
    citation = Citation(1, report, start, start + len(quote), passage)
    return Answer(
        question="who?",
        language=language,
        summary="As of <then>.",
        statements=(Statement(citation.quote, (1,)),),
        citations=(citation,),
        as_of=report.published,
        caveats=(Caveat(CaveatKind.UNCONFIRMED, "[1]: not <confirmed>", (1,)),),
    )


def make_refusal(reports: list[Report], language: str = "en") -> Answer:
    hits = tuple(
        Hit(
            report,
            Passage("p", report.id, 0, len(report.text), 0, 0),
            (ScoredSentence(Sentence(report.id, 0, 0, len(report.text)), 0.1),),
            0.1,
        )
        for report in reports
    )
    return Answer("who?", language, "The reports do not say.", refusal=Refusal.NOT_IN_REPORTS, hits=hits)


def between(markup: str, tag: str) -> str:
    found = re.search(f"<{tag}[^>]*>(.*?)</{tag}>", markup, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_mark_is_exactly_the_quote() -> None:
    report = make_report()
    sources = sources_html(make_answer(report), 1)
    assert html.unescape(between(sources, "mark")) == QUOTE
    around = re.search(r'<p class="passage"[^>]*>(.*?)</p>', sources, re.DOTALL)
    assert around is not None
    assert html.unescape(re.sub("</?mark>", "", around.group(1))) == TEXT


def test_the_phrase_that_answers_is_set_apart_and_takes_nothing_from_the_quote() -> None:
    answer = make_answer(make_report())
    start = TEXT.index("<b>took</b>")
    cited = replace(answer.citations[0], phrase=(start, start + len("<b>took</b>")))
    marked = replace(answer, citations=(cited,))
    for markup, element in ((sources_html(marked, 1), "mark"), (answer_html(marked, 1), "blockquote")):
        shown = between(markup, element)
        phrase = re.search('<b class="phrase">(.*?)</b>', shown)
        assert phrase is not None
        assert html.unescape(phrase.group(1)) == "<b>took</b>"
        assert html.unescape(re.sub('<b class="phrase">|</b>', "", shown)) == QUOTE


def test_a_carriage_return_stays_one() -> None:
    report = make_report(text="One\r\ntwo.")
    assert "One&#13;\ntwo." in sources_html(make_answer(report, quote="One\r\ntwo."), 1)


def test_a_quote_outside_of_its_passage_is_shown_alone() -> None:
    report = make_report(text="Alpha. Beta. Gamma.")
    citation = Citation(1, report, 7, 12, Passage("p", report.id, 0, 6, 0, 0))
    answer = Answer("who?", "en", "s", (Statement("Beta.", (1,)),), (citation,))
    assert '<p class="passage" lang="en" dir="auto"><mark>Beta.</mark></p>' in sources_html(answer, 1)


def test_number_and_card_point_at_each_other() -> None:
    answer = make_answer(make_report())
    cite = next(a for a in Elements(answer_html(answer, 7)).all("a") if a["class"] == "cite")
    sources = Elements(sources_html(answer, 7))
    back = next(a for a in sources.all("a") if a["class"] == "back")
    assert (cite["id"], cite["href"]) == ("s7-1", "#c7-1")
    assert sources.all("article")[0]["id"] == "c7-1"
    assert back["href"] == "#s7-1"


def test_the_summary_comes_first_and_caveats_stand_apart() -> None:
    shown = answer_html(make_answer(make_report()), 1)
    assert shown.index("As of &lt;then&gt;.") < shown.index("<blockquote")
    assert "[1]: not &lt;confirmed&gt;" in between(shown, "aside")


def test_only_what_stands_in_the_report_is_a_quotation() -> None:
    answer = make_answer(make_report())
    reworded = Answer("who?", "en", "s", (Statement("In other words.", (1,)),), answer.citations)
    assert Elements(answer_html(answer, 1)).all("blockquote")
    assert not Elements(answer_html(reworded, 1)).all("blockquote")


@pytest.mark.parametrize("field", ["text", "title", "source", "url"])
def test_hostile_fields_stay_text(field: str) -> None:
    report = make_report(**{field: HOSTILE})
    answer = make_answer(report, quote=HOSTILE if field == "text" else QUOTE)
    refusal = make_refusal([report])
    for shown in (f(a, 1) for f in (answer_html, sources_html) for a in (answer, refusal)):
        elements = Elements(shown)
        assert {tag for tag, _ in elements.seen} <= ALLOWED
        assert not any(name.startswith("on") for _, attributes in elements.seen for name in attributes)


EVENT = {
    "event_id": "7",
    "actor_a": "Government of Syria",
    "actor_b": "IS",
    "place": "Abu Kamal",
    "latitude": "34.45",
    "longitude": "40.92",
    "deaths_low": "0",
    "deaths_best": "3",
    "deaths_high": "12",
}


def test_the_card_of_an_event_has_its_actors_place_and_deaths() -> None:
    event = replace(make_report(), details=EVENT)
    text = re.sub("<[^>]*>", " ", between(sources_html(make_answer(event), 1), "dl"))
    assert " ".join(text.split()) == (
        "Actors Government of Syria – IS Place Abu Kamal, 34.45, 40.92 Deaths (low / best / high) 0 / 3 / 12"
    )
    reported = replace(make_report(), details={"event_id": "SYR1", "deaths_reported": "0"})
    assert "<dd><bdi>0</bdi></dd>" in sources_html(make_answer(reported), 1)
    assert "<dl" not in sources_html(make_answer(replace(make_report(), details={"place": "x"})), 1)


@pytest.mark.parametrize("name", sorted(EVENT.keys() - {"event_id"}))
def test_hostile_details_of_an_event_stay_text(name: str) -> None:
    shown = sources_html(make_answer(replace(make_report(), details=EVENT | {name: HOSTILE})), 1)
    elements = Elements(shown)
    assert {tag for tag, _ in elements.seen} <= ALLOWED
    assert not any(attribute.startswith("on") for _, attributes in elements.seen for attribute in attributes)
    assert html.escape(HOSTILE.replace("\r", "")) in shown.replace("&#13;", "")


def test_a_hostile_question_stays_text() -> None:
    for shown in (turn_html(HOSTILE, "", 1), sources_column_html([(HOSTILE, "x"), ("q", "y")], "en")):
        assert {tag for tag, _ in Elements(shown).seen} <= {"section", "h2", "p", "div", "details", "summary"}
    assert "<img" not in problem_html(HOSTILE, "en")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/a",
        "http://",
        "https:example.org",
        "http://[::1",
        "example.org",
    ],
)
def test_other_addresses_give_no_link(url: str | None) -> None:
    assert 'class="link"' not in sources_html(make_answer(make_report(url=url)), 1)


def test_an_address_of_the_web_gives_a_link_that_tells_nothing() -> None:
    links = Elements(sources_html(make_answer(make_report()), 1)).all("a")
    link = next(a for a in links if a["class"] == "link")
    assert link["href"] == "https://example.org/a?b=1&c=2"
    assert (link["rel"], link["target"]) == ("noreferrer noopener nofollow", "_blank")


def test_a_refusal_has_three_nearest_without_numbers_or_marks() -> None:
    answer = make_refusal([make_report(title=f"Title {n}") for n in range(5)])
    shown, sources = answer_html(answer, 2), sources_html(answer, 2)
    elements = Elements(sources)
    assert [card["id"] for card in elements.all("article")] == ["c2-h1", "c2-h2", "c2-h3"]
    assert not elements.all("mark")
    assert "[1]" not in sources + shown
    assert "Nearest passages, not an answer" in shown
    assert "Nearest passages, not an answer" in sources


def test_a_refusal_without_reports_has_no_cards() -> None:
    assert sources_html(make_refusal([]), 1) == ""


@pytest.mark.parametrize(
    ("published", "language", "shown"),
    [("2017-11", "en", "November 2017"), ("2017", "de", "2017"), ("2017-11-09", "de", "9. November 2017")],
)
def test_a_date_has_the_precision_of_its_report(published: str, language: str, shown: str) -> None:
    answer = make_answer(make_report(published=published), language)
    expected = f'<time datetime="{published}">{shown}</time>'
    assert expected in answer_html(answer, 1)
    assert expected in sources_html(answer, 1)


def test_a_span_of_days_is_shown_without_a_machine_date_that_html_has_no_notation_for() -> None:
    answer = make_answer(make_report(published="2017-11-03/2017-11-06"), "de")
    assert "3.–6. Nov. 2017" in answer_html(answer, 1)
    assert "<time" not in answer_html(answer, 1)


def test_an_arabic_answer_runs_from_right_to_left() -> None:
    answer = make_answer(make_report(), "ar")
    for shown in (answer_html(answer, 1), sources_html(answer, 1)):
        assert Elements(shown).all("div")[0]["dir"] == "rtl"
        assert Elements(shown).all("div")[0]["lang"] == "ar"
    assert "المصادر" in sources_html(answer, 1)


def test_older_sources_are_folded_below_the_newest() -> None:
    shown = sources_column_html([("first?", "<i>1</i>"), ("none", ""), ("last?", "<i>3</i>")], "en")
    assert shown.index("<i>3</i>") < shown.index("<details") < shown.index("first?") < shown.index("<i>1</i>")
    assert "none" not in shown


def test_an_unknown_language_speaks_english() -> None:
    assert label("fr", "send") == label("eo", "send") == label("en", "send") == "Ask"


ANSWERS_ONLY = ("fr", "ru")
"""The languages of answers that the page is not shown in."""


def own_labels(language: str) -> dict[str, str]:
    file = resources.files("assistant").joinpath("data", f"labels.{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))


def test_the_labels_of_all_languages_have_the_same_names() -> None:
    words = {language: own_labels(language) for language in LANGUAGES}
    assert len({frozenset(texts) for texts in words.values()}) == 1
    assert len({texts["library"] for texts in words.values()}) == len(LANGUAGES)
    assert len({frozenset(own_labels(language)) for language in ANSWERS_ONLY}) == 1


def test_labels_are_filled_in_with_the_same_values_in_every_language() -> None:
    values = {name: sorted(Template(text).get_identifiers()) for name, text in own_labels("en").items()}
    for language in (*LANGUAGES, *ANSWERS_ONLY):
        for name, text in own_labels(language).items():
            assert sorted(Template(text).get_identifiers()) == values[name], (language, name)


@pytest.mark.parametrize(
    ("chosen", "accepted", "expected"),
    [
        (None, "", "en"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "de; q=0.7, ar; q=0.9", "ar"),
        (None, "de;q=0", "en"),
        (None, "fr;q=0.9, ar;q=0.8, en;q=0.7", "ar"),
        (None, "en;q=0.1,de;q=nonsense,ar;q=0.5", "ar"),
        ("de", "ar", "de"),
        ("xx", "ar", "ar"),
    ],
)
def test_the_page_speaks_what_was_chosen_or_what_the_browser_accepts(
    chosen: str | None, accepted: str, expected: str
) -> None:
    assert negotiate(chosen, accepted) == expected


def test_the_header_says_how_to_begin_where_nothing_is_indexed() -> None:
    assert "lagebild ingest PATH" in header_html(None, "no <index> here", "en")


def test_what_is_told_in_english_on_any_page_says_that_it_is() -> None:
    message = "no <index> here"
    turn = Turn(1, "?", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), Understood("?", "?"), make_answer(make_report(), "ar"))
    for shown in (
        header_html(None, message, "ar"),
        problem_html(message, "ar"),
        notes_html(turn, LagebildError(message)),
        no_report_html(message, "ar"),
    ):
        assert 'lang="en" dir="ltr">no &lt;index&gt; here</' in shown
    assert 'lang="ar" dir="rtl">' in problem_html(None, "ar")


@pytest.mark.parametrize(
    ("count", "newest", "language", "expected"),
    [
        (1, "2017-11-09", "en", "1 report, November 9, 2017 · English 1"),
        (1, "2017-11-09", "de", "1 Bericht, 9. November 2017 · Englisch 1"),
        (1, "2017-11-09", "ar", "تقرير واحد، 9 نوفمبر 2017 · الإنجليزية 1"),
        (2, "2017-12", "en", "2 reports, November 9, 2017 to December 2017 · English 2"),
        (2, "2017-12", "de", "2 Berichte, 9. November 2017 bis Dezember 2017 · Englisch 2"),
        (2, "2017-12", "ar", "عدد التقارير: 2، من 9 نوفمبر 2017 إلى ديسمبر 2017 · الإنجليزية 2"),
        (2, None, "en", "2 reports · English 2"),
    ],
)
def test_the_header_says_how_many_reports_there_are_and_from_when_to_when(
    count: int, newest: str | None, language: str, expected: str
) -> None:
    first, last = (None, None) if newest is None else map(PartialDate.parse, ("2017-11-09", newest))
    status = Status(Path(), CatalogCounts(count, count, count), {"en": count}, first, last, {})
    assert f'<p class="indexed">{expected}</p>' in header_html(status, None, language)
    assert first_html(status, language, writable=True).count("2017") == len({first, last} - {None})


def test_a_draft_is_text_and_says_that_it_is_one() -> None:
    shown = draft_html(f"{HOSTILE}\n\u202e[1] done", "en")
    assert "nothing of this is checked yet" in shown
    elements = Elements(shown)
    assert [name for name, _ in elements.seen] == ["div", "p", "p"]
    assert all(attributes.get("dir") for _, attributes in elements.seen[1:])


def test_what_is_not_supported_stands_apart_and_says_why() -> None:
    answer = make_answer(make_report())
    doubt = Problem(ProblemKind.NAME, "no <b>name</b>")
    partly = Statement("Partly so.", (1,), Support.PARTLY, (doubt,))
    none = Statement(HOSTILE, (), Support.NOT, (doubt,))
    shown = answer_html(replace(answer, statements=(*answer.statements, none, partly)), 1)
    assert shown.index("Partly so.") < shown.index("not supported by the reports") < shown.index(html.escape(HOSTILE))
    assert shown.count("no &lt;b&gt;name&lt;/b&gt;") == 2
    assert shown.count('id="s1-1"') == 1
    assert {name for name, _ in Elements(shown).seen} <= ALLOWED
