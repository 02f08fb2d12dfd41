"""Commands that look at the index: ask, search and status."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Annotated

import typer
from rich.text import Text

from assistant.assistant import Assistant
from assistant.cli.shared import (
    EXIT_NO_ANSWER,
    EXIT_PARTLY,
    ChromaOption,
    DataOption,
    JsonOption,
    LLMOption,
    Terminal,
    app,
    print_json,
    print_line,
    settings_of,
    visible,
)
from assistant.errors import QuestionError
from assistant.events import events
from assistant.filter import Filter
from assistant.plain_data import hit_to_dict
from assistant.records import Answer, Citation, Report, Settled, Statement, Support
from assistant.wording import load_wording

__all__ = ["ask", "limits", "search", "show_answer", "status"]

SinceOption = Annotated[
    str, typer.Option(metavar="DATE", help="Only what was published on this day, month or year, or later: 2017-11-09.")
]
UntilOption = Annotated[
    str,
    typer.Option("--as-of", "--until", metavar="DATE", help="Only what was published by then: 2017-11-09, 2017-11."),
]
LanguageOption = Annotated[list[str] | None, typer.Option(help="Only reports in this language (en, de, ar, ...).")]
SourceOption = Annotated[list[str] | None, typer.Option(help="Only reports of this source, as they spell it.")]
PlaceOption = Annotated[
    list[str] | None, typer.Option(help="Only reports that name this place or group, in any spelling or script.")
]
ReportOption = Annotated[list[str] | None, typer.Option(help="Only the report with this id.")]
ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Say how the question was understood, and what the scores are the sum of.")
]


@app.command()
def ask(
    question: Annotated[
        str, typer.Argument(help="The question, in any language; '-': those of the input, one a line.")
    ],
    data: DataOption = None,
    chroma: ChromaOption = None,
    since: SinceOption = "",
    as_of: UntilOption = "",
    language: LanguageOption = None,
    source: SourceOption = None,
    place: PlaceOption = None,
    report: ReportOption = None,
    llm: LLMOption = None,
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            help="Show what a language model writes while it does. With --json: an event a line, each as it is final.",
        ),
    ] = False,
    explain: ExplainOption = False,
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the reports, with the sentences that the answer rests on.

    Exit code 4: the reports do not say. Questions of the input, '-', are answered as JSON, a line for a line; one that
    cannot be asked has an error on its line, and exit code 3 says that there are such.
    """
    among = limits(since, as_of, language, source, place, report)
    with Assistant(settings=settings_of(data, chroma, llm)) as assistant:
        if question == "-":
            _answer_lines(assistant, among)
            return
        answer = _streamed(assistant, question, among, as_json=as_json) if stream else assistant.ask(question, among)
    if as_json and not stream:
        print_json(answer.to_dict())
    elif not as_json:
        show_answer(answer, explain=explain)
    if answer.refusal is not None:
        raise typer.Exit(EXIT_NO_ANSWER)


def _answer_lines(assistant: Assistant, among: Filter) -> None:
    failed = False
    for line in sys.stdin.buffer:
        try:
            print_line(assistant.ask(line.decode("utf-8-sig"), among).to_dict())
        except (QuestionError, UnicodeDecodeError) as error:
            failed = True
            print_line({"error": str(error), "question": line.decode("utf-8", "replace").rstrip("\r\n")[:2_000]})
    if failed:
        raise typer.Exit(EXIT_PARTLY)


def _streamed(assistant: Assistant, question: str, among: Filter, *, as_json: bool) -> Answer:
    """The answer, with what comes before it told while it comes: as events, or the draft alone."""
    err = Terminal(stderr=True)
    answer: list[Answer] = []

    def heard() -> Iterator[str | Settled | Answer]:
        for said in assistant.ask_stream(question, among):
            if isinstance(said, Answer):
                answer.append(said)
            elif isinstance(said, str) and not as_json:
                err.print(said, style="dim", end="", soft_wrap=True)
            yield said

    for name, data in events(heard()):
        if as_json:
            print_line({"event": name, "data": data})
    err.print()
    return answer[0]


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="A question or some words, in any language.")],
    data: DataOption = None,
    chroma: ChromaOption = None,
    count: Annotated[int, typer.Option(min=1, help="How many passages.")] = 10,
    since: SinceOption = "",
    as_of: UntilOption = "",
    language: LanguageOption = None,
    source: SourceOption = None,
    place: PlaceOption = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the passages that fit best, whether or not they answer, and say what their scores are the sum of.

    Exit code 4: there is none.
    """
    among = limits(since, as_of, language, source, place, report)
    with Assistant(settings=settings_of(data, chroma)) as assistant:
        hits = assistant.retrieve(question, count, among)
    if as_json:
        print_json({"hits": [hit_to_dict(hit) for hit in hits]})
    out = Terminal()
    for hit in () if as_json else hits:
        at = f"characters {hit.passage.start}-{hit.passage.end}"
        out.print(" ".join(hit.text.split()), soft_wrap=True)
        out.print(f"    {_source(hit.report)} ({hit.report.language}), {at}", style="dim", soft_wrap=True)
        out.print(f"    {_sum(hit.score, hit.why)}\n", style="dim", soft_wrap=True)
    if not hits:
        raise typer.Exit(EXIT_NO_ANSWER)


@app.command()
def status(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds: how many reports, from when to when, in which languages, made with what."""
    with Assistant(settings=settings_of(data)) as assistant:
        found = assistant.status()
    if as_json:
        print_json(found.to_dict())
        return
    out = Terminal()
    for name, value in found.to_dict().items():
        shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        out.print(f"{name:<14} {shown}", soft_wrap=True)


def _marked(answer: Answer, statement: Statement) -> Text:
    """The statement; where it is a quote, with the phrase that answers underlined."""
    cited = [answer.citation(number) for number in statement.citations]
    if not cited or cited[0].quote != statement.text:
        return Text(visible(statement.text))
    before, phrase, after = map(visible, cited[0].pieces)
    return Text.assemble(before, (phrase, "underline"), after)


def limits(
    since: str,
    as_of: str,
    language: list[str] | None,
    source: list[str] | None,
    place: list[str] | None,
    report: list[str] | None,
) -> Filter:
    """The filter that these options make; a QuestionError where a date is none."""
    return Filter.told(since, as_of, language or (), source or (), place or (), report or None)


def show_answer(answer: Answer, *, explain: bool = False) -> None:
    """Print an answer for people; `explain` says of the question how it was understood, and of the scores why."""
    out = Terminal()
    wording = load_wording(answer.language)
    for part in answer.parts if explain else ():
        span = f" ({part.since or ''} - {part.until or ''})" if part.kind == "time" else ""
        out.print(f"{part.kind}: {part.text}{span}", style="italic", soft_wrap=True)
    out.print(answer.summary, style="bold", soft_wrap=True)
    for statement in answer.statements:
        numbers = " ".join(f"[{number}]" for number in statement.citations)
        text = _marked(answer, statement)
        if statement.support is Support.NOT:
            text = Text(visible(wording.statement(statement)), style="yellow")
        out.print(Text(f"\n{numbers} ") + text, soft_wrap=True)
        if statement.problems:
            out.print(f"    ! {statement.doubt}", style="yellow", soft_wrap=True)
        for number in statement.citations:
            citation = answer.citation(number)
            if citation.quote != statement.text:
                out.print(f"    “{' '.join(citation.quote.split())}”", soft_wrap=True)
            out.print("    " + _attribution(citation), style="dim", soft_wrap=True)
            if explain and citation.score is not None:
                out.print(f"    {_sum(citation.score, citation.why)}", style="dim", soft_wrap=True)
            for copy in citation.copies:
                said = f": “{copy.quote}”" if copy.differs else ""
                out.print(f"    also in {_source(copy.report)}{said}", style="dim", soft_wrap=True)
    if answer.confidence is not None:
        out.print(f"\n{wording.confidence(answer.confidence)}", style="dim", soft_wrap=True)
    for caveat in answer.caveats:
        out.print(f"\n! {caveat.text}", style="yellow", soft_wrap=True)
    for hit in answer.hits[:3] if answer.refusal else ():
        date = wording.date(hit.report.published)
        out.print(f"\n- {' '.join(hit.text.split())}", soft_wrap=True)
        out.print(f"    {hit.report.title}, {date}", style="dim", soft_wrap=True)
        if explain:
            out.print(f"    {_sum(hit.score, hit.why)}", style="dim", soft_wrap=True)


def _sum(score: float, why: Mapping[str, float]) -> str:
    """A score with its parts."""
    return f"{score:.2f} = {', '.join(f'{name} {value:.2f}' for name, value in why.items())}"


def _attribution(citation: Citation) -> str:
    report = citation.report
    page = f", page {citation.page}" if citation.page is not None else ""
    place = f"characters {citation.start}-{citation.end}{page}"
    return f"{_source(report)} ({report.language}), {place}"


def _source(report: Report) -> str:
    return f"{report.published}, {load_wording('en').source_name(report.source)}, {report.title}"
