"""The command line: a thin formatter of what the assistant and the build give. The one place that prints.

Exit codes: 0 done; 1 an error, told on standard error; 2 the command was called wrongly; 3 some files were not
ingested; 4 the reports do not say.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.assistant import Assistant, Status
from assistant.errors import LagebildError
from assistant.records import Answer, Citation, Filter
from assistant.settings import Settings
from assistant.wording import load_wording

if TYPE_CHECKING:
    from assistant.bench import Row
    from index.build import IngestResult

__all__ = ["main"]

EXIT_ERROR, EXIT_PARTLY, EXIT_NO_ANSWER = 1, 3, 4

app = typer.Typer(
    name="lagebild",
    help="Ask a collection of reports about armed conflicts. Every statement comes with the sentence that it rests on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder. Default: $LAGEBILD_DATA, or your user data folder."),
]
DayOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was published on this day or later.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders with reports.")],
    data: DataOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Bring reports into the index: text, Markdown, HTML, JSON lines.

    Files that are known already are passed over, changed ones replace their reports. Exit code 3: some files
    could not be read; each is listed with its reason, and all others are in.
    """
    from index.build import ingest as build

    settings = Settings.from_environment(data=data)
    with Assistant(settings=settings) as assistant, _progress(hidden=quiet or as_json) as progress:
        bar = progress.add_task("Reading", total=None)

        def show(path: Path, done: int, total: int) -> None:
            progress.update(bar, description=escape(path.name[:40]), completed=done, total=total)

        result = build(paths, settings.data, lambda: assistant.embedder, show)
        progress.update(
            bar, description="Done", completed=1 if progress.tasks[0].total is None else progress.tasks[0].total
        )
    _show_ingest(result, as_json=as_json)
    if result.refused:
        raise typer.Exit(EXIT_PARTLY)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in any language.")],
    data: DataOption = None,
    since: DayOption = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", "--until", formats=["%Y-%m-%d"], help="Only what was published by this day."),
    ] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only reports in this language (en, de, ar, ...).")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only reports of this source, as they spell it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the reports, with the sentences that the answer rests on.

    Exit code 4: the reports do not say.
    """
    with Assistant(settings=Settings.from_environment(data=data)) as assistant:
        among = Filter(
            since=since.date() if since else None,
            until=as_of.date() if as_of else None,
            languages=frozenset(language or ()),
            sources=frozenset(source or ()),
        )
        answer = assistant.ask(question, among)
    if as_json:
        _print_json(answer.to_dict())
    else:
        _show_answer(answer)
    if answer.refusal is not None:
        raise typer.Exit(EXIT_NO_ANSWER)


@app.command()
def status(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds: how many reports, from when to when, in which languages, made with what."""
    with Assistant(settings=Settings.from_environment(data=data)) as assistant:
        found = assistant.status()
    if as_json:
        _print_json(_status_dict(found))
        return
    out = Console(highlight=False)
    for name, value in _status_dict(found).items():
        shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        out.print(f"{name:<14} {escape(str(shown))}", soft_wrap=True)


@app.command()
def serve(
    data: DataOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on. Only this machine by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
) -> None:
    """Serve the chat in the browser."""
    from app import serve as serve_chat

    Console(stderr=True, highlight=False).print(f"Lagebild on http://{host}:{port} (stop with Ctrl-C)", soft_wrap=True)
    serve_chat(Settings.from_environment(data=data), host, port)


@app.command()
def bench(
    folder: Annotated[Path, typer.Argument(metavar="EVAL", help="The folder that holds xquad/.")],
    articles: Annotated[int | None, typer.Option(min=1, help="Only the first N articles, for a quick look.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure retrieval on XQuAD: questions in one language, paragraphs and sentences in another."""
    from assistant.bench import mixed_xquad, run, xquad
    from assistant.embedding import load_embedder

    xquad_folder = folder / "xquad"
    collections = [xquad(xquad_folder, language, articles) for language in ("de", "en", "ar")]
    rows = run([*collections, mixed_xquad(xquad_folder, articles)], load_embedder(Settings.from_environment()))
    if as_json:
        _print_json([asdict(row) for row in rows])
    else:
        _show_bench(rows)


def main() -> None:
    """Run the command line; a LagebildError becomes one line on standard error and exit code 1."""
    # Nothing that Lagebild does needs these libraries' own progress bars, warnings or reports home.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    try:
        app()
    except LagebildError as error:
        Console(stderr=True, highlight=False).print(f"Error: {escape(str(error))}", style="red", soft_wrap=True)
        sys.exit(EXIT_ERROR)


@contextmanager
def _progress(*, hidden: bool) -> Iterator[Progress]:
    columns = (TextColumn("{task.description:<40}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=hidden) as progress:
        yield progress


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _show_ingest(result: IngestResult, *, as_json: bool) -> None:
    if as_json:
        refused = [{"origin": error.origin, "reason": error.reason} for error in result.refused]
        _print_json(
            {
                "added": result.added,
                "replaced": result.replaced,
                "unchanged": result.unchanged,
                "removed": result.removed,
                "refused": refused,
                "warnings": result.warnings,
            }
        )
        return
    err = Console(stderr=True, highlight=False)
    for warning in result.warnings:
        err.print(f"Warning: {escape(warning)}", style="yellow", soft_wrap=True)
    for error in result.refused:
        err.print(f"Not ingested: {escape(str(error))}", style="red", soft_wrap=True)
    counts = ("added", "replaced", "unchanged", "refused", *(["removed"] if result.removed else []))
    print(", ".join(f"{len(getattr(result, name))} {name}" for name in counts))


def _show_answer(answer: Answer) -> None:
    out = Console(highlight=False)
    wording = load_wording(answer.language)
    out.print(escape(answer.summary), style="bold", soft_wrap=True)
    for statement in answer.statements:
        numbers = " ".join(f"[{number}]" for number in statement.citations)
        out.print(f"\n{escape(numbers)} {escape(statement.text)}", soft_wrap=True)
        for number in statement.citations:
            out.print("    " + escape(_attribution(answer.citation(number))), style="dim", soft_wrap=True)
    for caveat in answer.caveats:
        out.print(f"\n! {escape(caveat.text)}", style="yellow", soft_wrap=True)
    for hit in answer.hits[:3] if answer.refusal else ():
        date = wording.date(hit.report.published)
        out.print(f"\n- {escape(' '.join(hit.text.split()))}", soft_wrap=True)
        out.print(f"    {escape(f'{hit.report.title}, {date}')}", style="dim", soft_wrap=True)


def _show_bench(rows: list[Row]) -> None:
    table = Table(
        *("collection", "questions", "paragraph hit@1", "LlamaIndex", "hit@3"),
        *("sentence hit@1", "hit@3", "nDCG@10", "p50 ms"),
    )
    for row in rows:
        values = [row.paragraph["Success@1"], row.plain["Success@1"], row.paragraph["Success@3"]]
        values += [row.sentence["Success@1"], row.sentence["Success@3"], row.sentence["nDCG@10"]]
        shown = [f"{value:.3f}" for value in values]
        table.add_row(row.collection, f"{row.count} in {row.questions}", *shown, f"{row.p50_ms:.0f}")
    Console(width=140).print(table)


def _attribution(citation: Citation) -> str:
    report = citation.report
    source = report.source or load_wording("en").say("unknown_source")
    return (
        f"{report.published}, {source}, {report.title} ({report.language}), characters {citation.start}-{citation.end}"
    )


def _status_dict(found: Status) -> dict[str, object]:
    return {
        "data": str(found.data),
        "reports": found.counts.reports,
        "passages": found.counts.passages,
        "sentences": found.counts.sentences,
        "languages": found.languages,
        "oldest": str(found.oldest) if found.oldest else None,
        "newest": str(found.newest) if found.newest else None,
        "made_with": found.made_with,
    }


if __name__ == "__main__":
    main()
