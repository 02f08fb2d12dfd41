"""Conversations: kept with their citations, read again after a restart, exported, forgotten, deleted for good."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant import Assistant, Conversation, Settings
from assistant.dates import PartialDate
from assistant.embedding import WordLengthEmbedder
from assistant.errors import IndexLockedError, QuestionError
from assistant.filter import Filter
from assistant.records import (
    Answer,
    Caveat,
    CaveatKind,
    Citation,
    Copy,
    Hit,
    Mention,
    Passage,
    Refusal,
    Report,
    ScoredSentence,
    Sentence,
    Statement,
)
from assistant.store import Catalog, Conversations, delete_conversations, forget, verify, writer_lock
from assistant.store.stored_turns import decode, encode, reports_in, without_reports
from assistant.transcript import not_kept_text, to_dict, to_markdown
from assistant.turns import ALONE, Carried, CarriedKind, Lost, Turn, Understood, Wish
from tests.assistant.test_forget import traces
from tests.helpers import make_report, numbered_report

ASKED = dt.datetime(2017, 11, 20, 12, 30, 1, 5, tzinfo=dt.UTC)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
dates = st.sampled_from(["2017", "2017-11", "2017-11-09", "2017-11-28/2017-12-03"]).map(PartialDate.parse)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    return Report.make(
        draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=5, max_size=60)),
        title=draw(texts),
        published=draw(st.one_of(dates, st.just(PartialDate()))),
        source=draw(st.one_of(texts, st.none())),
        url=draw(st.one_of(texts, st.just("https://example.org/a?b=1"), st.none())),
        language="en",
        details={"author": "J. Doe"},
    )


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    known = draw(st.lists(reports(), min_size=1, max_size=3, unique_by=lambda report: report.id))
    citations = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        report = draw(st.sampled_from(known))
        start = draw(st.integers(0, len(report.text) - 1))
        end = draw(st.integers(start + 1, len(report.text)))
        other = draw(st.sampled_from(known))
        citations.append(
            Citation(
                number,
                report,
                start,
                end,
                Passage(f"{report.id}:0", report.id, 0, len(report.text), 0, 0),
                names=(Mention(start, end, "place:1", draw(texts)),),
                copies=(Copy(other, 0, 1, draw(st.booleans())),),
                phrase=draw(st.sampled_from([None, (start, end)])),
            )
        )
    hits = tuple(
        Hit(
            report,
            Passage(f"{report.id}:0", report.id, 0, len(report.text), 0, 0),
            (ScoredSentence(Sentence(report.id, 0, 0, len(report.text)), draw(st.floats(-1, 1))),),
            draw(st.floats(-1, 1)),
            {"dense": draw(st.floats(-1, 1))},
            copies=tuple(known[:1]),
        )
        for report in known
    )
    answer = Answer(
        draw(texts),
        "en",
        draw(texts),
        tuple(Statement(citation.quote, (citation.number,)) for citation in citations),
        tuple(citations),
        max((c.report.published for c in citations), key=lambda date: date.recency, default=None),
        None if citations else Refusal.NOT_IN_REPORTS,
        tuple(Caveat(CaveatKind.UNCONFIRMED, draw(texts), (citation.number,)) for citation in citations),
        hits,
        {"answerer": "extractive"},
    )
    understood = Understood(draw(texts), draw(texts), draw(st.sampled_from(Wish)), (Carried(CarriedKind.TIME, "x"),))
    among = Filter(until=dt.date(2017, 11, 9), languages=frozenset({"en"}), reports=frozenset({known[0].id}))
    return Turn(draw(st.integers(1, 9)), draw(texts), ASKED, understood, answer, among)


def reports_of(turn: Turn) -> dict[str, Report]:
    found = {c.report.id: c.report for c in turn.answer.citations}
    found |= {copy.report.id: copy.report for c in turn.answer.citations for copy in c.copies}
    return found | {hit.report.id: hit.report for hit in turn.answer.hits}


# -- a stored turn, by itself


@settings(max_examples=60, deadline=None)
@given(turns())
def test_a_turn_that_is_stored_comes_back_as_it_was(turn: Turn) -> None:
    assert decode(encode(turn), reports_of(turn)) == turn
    assert reports_in(turn) == reports_of(turn).keys()


@settings(max_examples=60, deadline=None)
@given(turns(), st.data())
def test_without_a_report_nothing_that_rests_on_it_is_shown_and_it_is_told(turn: Turn, data: st.DataObject) -> None:
    known = reports_of(turn)
    gone = data.draw(st.sampled_from(sorted(known)))
    found = decode(encode(turn), {key: report for key, report in known.items() if key != gone})
    lost = {citation.number: citation for citation in turn.answer.citations if citation.report.id == gone}
    assert {one.number: one.quote for one in found.lost} == {n: citation.quote for n, citation in lost.items()}
    assert all(one.report is not None and one.report.text == "" for one in found.lost)
    kept = [(citation.number, citation.quote) for citation in turn.answer.citations if citation.number not in lost]
    assert [(citation.number, citation.quote) for citation in found.answer.citations] == kept
    for statement in found.answer.statements:
        assert all(found.answer.citation(number).quote for number in statement.citations)
    if lost:
        assert found.answer.summary == ""
        assert {n for s in found.answer.statements for n in s.citations}.isdisjoint(lost)


SECRET = "Zanzibarbaria fell on Thursday. Colonel Xylophonescu fled across the river."
WORDS = ("zanzibarbaria", "xylophonescu", "quagmirestan", "whistleblowerblatt", "unmistakable")


def secret_report() -> Report:
    return make_report(
        SECRET, title="Quagmirestan", source="Whistleblowerblatt", url="https://example.org/unmistakable"
    )


def test_what_is_taken_out_for_good_leaves_no_word() -> None:
    secret, other = secret_report(), make_report("Another town held out. Nobody knows why.")
    passage = Passage("p", "r", 0, 10, 0, 1)
    cited = Citation(1, secret, 0, 31, passage, copies=(Copy(other, 0, 5, True),))
    copied = Citation(2, other, 0, 22, passage, copies=(Copy(secret, 0, 31, True),))
    hedged = Caveat(CaveatKind.UNCONFIRMED, "[2]: reportedly", (2,))
    answer = Answer(
        "Who?",
        "en",
        "As of then, says Whistleblowerblatt.",
        (Statement(cited.quote, (1,)), Statement(copied.quote, (2,)), Statement("Zanzibarbaria, in short.", (1, 2))),
        (cited, copied),
        secret.published,
        caveats=(
            hedged,
            Caveat(CaveatKind.COPY_DIFFERS, "[2]: Whistleblowerblatt has other words", (2,)),
            Caveat(CaveatKind.ONE_SOURCE, "All is Whistleblowerblatt's.", (1, 2)),
        ),
        hits=(Hit(secret, passage, (ScoredSentence(Sentence(secret.id, 0, 0, 31), 0.5),), 0.5, copies=(secret,)),),
    )
    turn = Turn(1, "Who?", ASKED, Understood("Who?", "Who?"), answer)
    content = without_reports(encode(turn), {secret.id})
    assert not [word for word in (*WORDS, secret.id) if word in content.lower()]
    found = decode(content, {secret.id: secret, other.id: other})  # even where it has come back
    assert found.lost == (Lost(1),)
    assert [citation.number for citation in found.answer.citations] == [2]
    assert found.answer.statements == (Statement(copied.quote, (2,)),)
    assert found.answer.caveats == (hedged,)


# -- kept in the catalog


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with some reports, embedded by the lengths of their words."""
    folder = tmp_path / "data"
    with Assistant(folder, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([secret_report(), *(numbered_report(number) for number in range(4))])
    return folder


def opened(data: Path, *, keep: bool = True) -> Assistant:
    return Assistant(settings=Settings(data=data, keep=keep), embedder=WordLengthEmbedder())


def test_a_conversation_is_there_after_closing_and_can_be_gone_on_with(data: Path) -> None:
    with opened(data) as assistant:
        talk = assistant.conversation()
        talk.ask("Who fled Zanzibarbaria?")
        talk.ask("who says so?")
        assert talk.kept
    with opened(data) as assistant:
        again = assistant.conversation(talk.id)
        assert again.turns == talk.turns
        assert again.ask("show me more").number == 3
        (summary,) = assistant.conversations().summaries()
        assert (summary.id, summary.title, summary.turns) == (talk.id, "Who fled Zanzibarbaria?", 3)
        assert assistant.conversations().rename(talk.id, "Flight")
        assert not assistant.conversations().rename("none", "Flight")
        assert [one.title for one in assistant.conversations().summaries()] == ["Flight"]
    assert verify(data).problems == ()


def test_two_who_go_on_with_one_conversation_lose_no_turn(data: Path) -> None:
    with opened(data) as one, opened(data) as two:
        first, second = one.conversation("shared"), two.conversation("shared")
        threads = [
            threading.Thread(target=lambda talk=talk: [talk.ask(f"Who crossed {n}?") for n in range(5)])
            for talk in (first, second)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [turn.number for turn in one.conversation("shared").turns] == list(range(1, 11))


def test_a_question_that_is_refused_is_no_turn(data: Path) -> None:
    with opened(data) as assistant:
        talk = assistant.conversation()
        with pytest.raises(QuestionError):
            talk.ask(" ")
        assert talk.turns == []
        assert assistant.conversations().summaries() == []


def test_a_conversation_is_kept_while_another_process_ingests(data: Path) -> None:
    with opened(data) as assistant, writer_lock(data, "ingesting"):
        talk = assistant.conversation()
        talk.ask("Who fled?")
        assert talk.kept
        with pytest.raises(IndexLockedError, match="ingesting"):
            delete_conversations(data, [talk.id])
        assert assistant.conversations().summaries() == []
    assert verify(data).steps == ("lagebild forget",)
    forget(data, [])
    assert verify(data).problems == ()


class Impatient(Conversations):
    """Waits for nobody."""

    _PATIENCE = 0.05


def test_what_cannot_be_kept_now_is_kept_with_the_next_turn(data: Path) -> None:
    with opened(data) as assistant, Impatient(data / "catalog.sqlite") as store:
        talk = Conversation(assistant, lambda: store)
        with closing(sqlite3.connect(data / "catalog.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            turn = talk.ask("Who fled?")
            assert turn.answer.citations
            told = [talk.not_kept]
            other.execute("ROLLBACK")
        talk.ask("why?")
        told.append(talk.not_kept)
        assert isinstance(told[0], IndexLockedError)
        assert told[1] is None
        assert [one.question for one in assistant.conversation(talk.id).turns] == ["Who fled?", "why?"]


@pytest.mark.parametrize(
    ("question", "told"), [("why?", "was deleted meanwhile"), ("Wer floh über den Fluss?", "wurde inzwischen gelöscht")]
)
def test_a_conversation_that_was_deleted_is_not_brought_back(data: Path, question: str, told: str) -> None:
    with opened(data) as assistant:
        talk = assistant.conversation()
        talk.ask("Who fled?")
        delete_conversations(data, [talk.id])
        for _ in range(2):
            turn = talk.ask(question)
            assert talk.not_kept is not None
            assert told in not_kept_text(talk.not_kept, turn.answer.language)
            assert not talk.kept
        assert assistant.conversations().summaries() == []
        assert [turn.number for turn in talk.turns] == [1, 2, 3]


def test_nothing_is_kept_where_that_is_not_wanted(data: Path) -> None:
    with opened(data, keep=False) as assistant:
        talk = assistant.conversation()
        talk.ask("Did Unheardofia fall?")
        assert talk.ask("why?").understood.question == "Why? Did Unheardofia fall?"
        assert not talk.kept
    assert traces(data, ("unheardofia",)) == []


def test_a_report_that_was_replaced_is_told_and_its_quote_is_no_citation(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(" date 2017-11-09 The bridge at Ponte was blown up. Nobody crossed.", "utf-8")
    with opened(data) as assistant:
        assistant.ingest([file])
        talk = assistant.conversation()
        quoted = {c.quote for c in talk.ask("Who was blown up at the bridge at Ponte?").answer.citations}
        assert "The bridge at Ponte was blown up." in quoted
        file.write_text(" date 2017-11-09 The bridge at Ponte was not blown up. It was crossed.", "utf-8")
        assistant.ingest([file])
        (turn,) = assistant.conversation(talk.id).turns
        (lost,) = [one for one in turn.lost if one.quote == "The bridge at Ponte was blown up."]
        assert lost.report is not None
        assert "The bridge at Ponte was blown up." not in {c.quote for c in turn.answer.citations}
        assert turn.answer.summary == ""
    assert verify(data).problems == ()


def test_forgetting_a_report_takes_its_quotes_out_of_conversations(data: Path) -> None:
    with opened(data) as assistant:
        talk = assistant.conversation()
        cited = talk.ask("Who fled across the river?").answer.citations
        assert secret_report().id in {citation.report.id for citation in cited}
        talk.ask("who says so?")
        assert traces(data, WORDS) != []
        forget(data, [secret_report().id])
        assert traces(data, WORDS) == []
        for turn in assistant.conversation(talk.id).turns:
            assert turn.lost
            assert all(one == Lost(one.number) for one in turn.lost)
            assert secret_report().id not in {citation.report.id for citation in turn.answer.citations}
    assert verify(data).problems == ()


@pytest.mark.parametrize("question", ["before " * 100_000, "Who left before" + " " * 500_000 + "y", " ", "\0"])
def test_a_question_that_cannot_be_asked_is_told_before_anything_reads_it(data: Path, question: str) -> None:
    with opened(data) as assistant:
        talk = assistant.conversation()
        talk.ask("Who fled across the river?")
        with pytest.raises(QuestionError, match=r"characters|empty"):
            talk.ask(question)
        assert len(talk.turns) == len(assistant.conversation(talk.id).turns) == 1


def test_half_a_character_in_a_question_is_dropped_and_the_turn_is_kept(data: Path) -> None:
    with opened(data) as assistant:
        talk = assistant.conversation()
        talk.ask("Who fled\udc00 across the river?")
        assert talk.not_kept is None
        (turn,) = assistant.conversation(talk.id).turns
        assert turn.question == "Who fled across the river?"


def test_what_was_forgotten_meanwhile_is_not_kept_again(data: Path) -> None:
    with opened(data) as assistant:
        talk = assistant.conversation()
        assert secret_report().id in {c.report.id for c in talk.ask("Who fled across the river?").answer.citations}
        forget(data, [secret_report().id])
        talk.ask("who says so?")
        talk.ask("Is that true?")
        assert traces(data, WORDS) == []
        assert len(assistant.conversation(talk.id).turns) == 3
    assert verify(data).problems == ()


def test_a_deleted_conversation_leaves_no_byte(data: Path) -> None:
    with opened(data) as assistant:
        for number in range(30):  # enough for the tree of the table to be rebuilt
            talk = assistant.conversation()
            talk.ask(f"Did Unheardofia fall on day {number}?" + " Tell me all that is known of it." * (number % 7))
            talk.ask("why?")
        kept = assistant.conversation()
        kept.ask("Who crossed the river?")
        assert traces(data, ("unheardofia",)) != []
        others = [one.id for one in assistant.conversations().summaries() if one.id != kept.id]
        assert delete_conversations(data, [*others, "unknown"]) == 30
        assert traces(data, ("unheardofia",)) == []
        assert assistant.conversation(kept.id).turns == kept.turns
    assert verify(data).problems == ()


def test_verify_finds_a_quote_that_is_not_in_its_report(data: Path) -> None:
    with opened(data) as assistant:
        talk = assistant.conversation()
        talk.ask("Who fled across the river?")
    with closing(sqlite3.connect(data / "catalog.sqlite")) as connection, connection:
        connection.execute("UPDATE turns SET content = replace(content, 'Xylophonescu fled', 'Xylophonescu held')")
    found = verify(data)
    assert any(talk.id in problem and "not in its report" in problem for problem in found.problems)
    assert found.steps == ("lagebild conversations delete ID",)


# -- asking


def test_who_says_so_has_the_same_quotes_and_their_sources_on_top(sample: Assistant) -> None:
    talk = Conversation(sample, None)
    first = talk.ask("Who controls Abu Kamal?").answer
    second = talk.ask("wer sagt das?")
    assert second.answer.citations == first.citations
    assert second.answer.summary.startswith("Unabhängige Quellen: ")
    assert all(f"\u2068{c.report.source}\u2069" in second.answer.summary for c in first.citations)
    assert second.resolved == "wer sagt das? Who controls Abu Kamal?"


def test_is_that_true_sets_other_sources_beside_what_was_said(sample: Assistant) -> None:
    talk = Conversation(sample, None)
    first = talk.ask("Who took Abu Kamal?").answer
    said = {citation.report.source for citation in first.citations}
    answer = talk.ask("Is that true?").answer
    assert answer.citations[: len(first.citations)] == first.citations
    others = answer.citations[len(first.citations) :]
    assert others
    assert said.isdisjoint({citation.report.source for citation in others})
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert all(answer.citation(s.citations[0]).quote == s.text for s in answer.statements)
    assert all((c.report.source or "") in answer.summary for c in others)
    for caveat in answer.caveats:
        assert all(f"[{number}]" in caveat.text for number in caveat.citations)


def test_who_denies_that_is_answered_by_who_does_and_not_by_what_was_said_before(tiny: Assistant) -> None:
    tiny.ingest(
        [
            make_report("The Front said that the army had used chlorine in the town.", title="a"),
            make_report("The army denied that it had used chlorine in the town.", title="b", source="State Agency"),
            make_report("Lorries brought flour to the harbour.", title="c"),
        ]
    )
    talk = Conversation(tiny, None)
    talk.ask("Who said that the army had used chlorine in the town?")
    turn = talk.ask("who denies that?")
    assert [citation.quote for citation in turn.answer.citations] == [
        "The army denied that it had used chlorine in the town."
    ]
    assert turn.understood.topic == "Who said that the army had used chlorine in the town?"


def test_where_nobody_denies_it_what_was_said_before_is_no_answer_to_who_does(sample: Assistant) -> None:
    talk = Conversation(sample, None)
    assert talk.ask("Who took the al-Omar oil field?").answer.citations
    answer = talk.ask("Does anyone deny that?").answer
    assert (answer.refusal, answer.citations) == (Refusal.NOT_IN_REPORTS, ())


def test_show_me_more_quotes_what_was_not_quoted_until_there_is_no_more(sample: Assistant) -> None:
    talk = Conversation(sample, None)
    seen: set[tuple[str, int]] = set()
    for number in range(40):
        turn = talk.ask("more" if number else "Who controls Abu Kamal?")
        quoted = {(citation.report.id, citation.start) for citation in turn.answer.citations}
        assert seen.isdisjoint(quoted)
        seen |= quoted
        if turn.answer.refusal is not None:
            break
    assert number > 1
    assert turn.answer.refusal is not None
    assert turn.answer.summary == "The reports say no more on this than was quoted before."


def test_a_follow_up_is_answered_as_the_question_that_it_stands_for(sample: Assistant) -> None:
    talk = Conversation(sample, None)
    talk.ask("Who took Abu Kamal?")
    turn = talk.ask("And al-Qaim?")
    assert turn.resolved == "Who took al-Qaim?"
    assert turn.answer.citations == sample.ask("Who took al-Qaim?").citations
    assert talk.ask("And Rawa?", without=turn.understood.carried).resolved is None


def test_nothing_can_be_said_of_the_source_of_no_answer(sample: Assistant) -> None:
    talk = Conversation(sample, None)
    assert talk.ask("What is the capital of Peru?").answer.refusal is not None
    turn = talk.ask("says who?")
    assert turn.answer.refusal is not None
    assert turn.answer.summary.startswith("Nothing was answered yet")


# -- exports


class TestExports:
    def quoted_in(self, markdown: str) -> Iterator[str]:
        """The block quotes, as a reader of Markdown has them."""
        tokens = MarkdownIt().parse(markdown)
        for at, token in enumerate(tokens):
            if token.type == "blockquote_open":
                inline = tokens[at + 2]
                assert inline.type == "inline"
                yield "".join(child.content for child in inline.children or ())

    @settings(max_examples=60, deadline=None)
    @given(st.lists(turns(), max_size=3))
    def test_quotes_come_back_from_markdown_and_json_as_they_are_in_the_reports(self, turns: list[Turn]) -> None:
        quotes = [citation.quote for turn in turns for citation in turn.answer.citations]
        read = json.loads(json.dumps(to_dict("id", "title", turns)))
        assert [c["quote"] for turn in read["turns"] for c in turn["answer"]["citations"]] == quotes
        shown = list(self.quoted_in(to_markdown("title", turns)))
        assert [" ".join(quote.split()) for quote in shown] == [" ".join(readable(q).split()) for q in quotes]

    def test_nothing_of_a_report_is_markup(self) -> None:
        report = make_report(
            "<img src=x onerror=alert(1)> # *no* [link](http://evil.example) `code`\n\n---\n1. one\n    two",
            title="</h1><script>alert(1)</script>",
            source="![](http://evil.example/x.png)",
            url="javascript:alert(1)",
        )
        citation = Citation(1, report, 0, len(report.text), Passage("p", report.id, 0, len(report.text), 0, 0))
        answer = Answer("q", "en", "s", (Statement(citation.quote, (1,)),), (citation,), report.published)
        turn = Turn(1, "<b>who</b>?\n# me", ASKED, Understood("q", "q"), answer)
        shown = MarkdownIt("commonmark").render(to_markdown("t", [turn]))
        assert not [tag for tag in ("<img", "<script", "<b>", "<a ", "<code", "<hr", "<ol") if tag in shown]
        assert next(self.quoted_in(to_markdown("t", [turn]))) == report.text

    def test_every_quote_has_its_source_date_and_address(self, sample: Assistant) -> None:
        talk = Conversation(sample, None)
        answer = talk.ask("Who controls Abu Kamal?").answer
        exported = MarkdownIt().render(to_markdown("t", talk.turns))
        for citation in answer.citations:
            assert str(citation.report.published) in exported
            assert citation.report.source in exported
            assert f'<a href="{citation.report.url}">' in exported


def readable(text: str) -> str:
    """What a Markdown parser makes of characters that no text may have."""
    return text.replace("\0", "\ufffd")


# -- a process that is killed


_TALK = """
import os, sys
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
with Assistant(sys.argv[1], embedder=WordLengthEmbedder()) as assistant:
    talk = assistant.conversation("killed")
    for line in sys.stdin:
        print(talk.ask(line.strip()).answer.citations[0].quote, flush=True)
"""


def test_what_was_answered_is_there_after_the_process_was_killed(data: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _TALK, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said = []
    for question in ("Who fled across the river?", "And Convoy 2?", "why?"):
        process.stdin.write(question + "\n")
        process.stdin.flush()
        said.append(process.stdout.readline().strip())
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    with opened(data) as assistant:
        kept = assistant.conversation("killed").turns
        assert [turn.answer.citations[0].quote for turn in kept] == said
        with Catalog(data / "catalog.sqlite") as catalog:
            known = catalog.reports()
        for citation in (c for turn in kept for c in turn.answer.citations):
            assert known[citation.report.id].text[citation.start : citation.end] == citation.quote


def test_an_older_catalog_keeps_conversations_at_once(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "data" / "catalogs" / "4.sql"
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as connection:
        connection.executescript(source.read_text("utf-8"))
    with opened(tmp_path) as assistant:
        talk = assistant.conversation()
        talk.ask("Who took the town?")
        assert talk.kept
        assert assistant.conversation(talk.id).turns == talk.turns


# -- what a question may mean to which the reports say nothing


def test_when_was_that_is_answered_by_what_answered_the_question_before(sample: Assistant) -> None:
    talk = sample.conversation()
    answered = talk.ask("Wer hat Deir Essor eingenommen?").answer
    turn = talk.ask("Wann war das?")
    assert {c.quote for c in turn.answer.citations} >= {c.quote for c in answered.citations}
    assert turn.understood.question.endswith("Wer hat Deir Essor eingenommen?")


def test_what_names_nothing_and_finds_no_answer_is_asked_of_what_was_named_before(sample: Assistant) -> None:
    talk = sample.conversation()
    talk.ask("What did Putin announce in Hmeimim?")
    assert sample.ask("How many troops will be withdrawn?").refusal is not None
    turn = talk.ask("How many troops will be withdrawn?")
    assert turn.answer.refusal is None
    assert Carried(CarriedKind.SUBJECT, "Hmeimim") in turn.understood.carried
    assert talk.ask("How many troops will be withdrawn?", without=ALONE).answer.refusal is not None


@pytest.mark.parametrize(
    "question", ["How do I poach an egg?", "Who won the chess championship in Reykjavik?", "Wie backt man Brot?"]
)
def test_what_is_on_something_else_is_declined_in_a_conversation_too(sample: Assistant, question: str) -> None:
    talk = sample.conversation()
    talk.ask("Who controls Abu Kamal?")
    turn = talk.ask(question)
    assert turn.answer.refusal is not None
    assert turn.understood.question == question


def test_who_says_so_is_asked_of_the_last_answer_and_not_of_a_refusal_since(sample: Assistant) -> None:
    talk = sample.conversation()
    talk.ask("When did Iraqi forces take al-Qaim?")
    assert talk.ask("How many people live in Tashkent?").answer.refusal is not None
    turn = talk.ask("who says so?")
    assert turn.answer.citations
    assert turn.understood.question == "When did Iraqi forces take al-Qaim?"
