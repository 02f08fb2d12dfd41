"""Commands that bring reports in: ingest and watch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from assistant.assistant import Assistant
from assistant.cli.shared import (
    EXIT_PARTLY,
    ChromaOption,
    DataOption,
    JsonOption,
    Terminal,
    YesOption,
    app,
    print_json,
    print_line,
    print_text,
    progress_bar,
    settings_of,
    visible,
)
from assistant.errors import LagebildError
from assistant.store import Catalog

if TYPE_CHECKING:
    from index.build import IngestResult
    from index.reading import Step

__all__ = ["ingest", "show_ingest", "watch"]

MappingOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A TOML file: which columns or fields are the text, title, date, source."),
]


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Files or folders with reports.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
    mapping: MappingOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Only the files of which something was refused before.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove reports whose files have vanished from the folders. Asks first.")
    ] = False,
    yes: YesOption = False,
    chroma: ChromaOption = None,
) -> None:
    """Bring reports into the index: text, Markdown, HTML, PDF, DOCX, ODT, mails, feeds, JSON, CSV, XLSX, event files of
    UCDP and ACLED, and archives of any of these (ZIP, gzip, WARC).

    Files that are known already are passed over, changed ones replace their reports. Exit code 3: some files
    could not be read; each is listed with its reason, and all others are in.
    """
    from index.build import plan
    from index.readers import FieldMap

    settings = settings_of(data, chroma)
    chosen = list(paths or ())
    if retry:
        with Catalog(settings.data / "catalog.sqlite") as catalog:
            chosen += map(Path, catalog.refused())
    elif not chosen:
        raise typer.BadParameter("name files or folders, or --retry")
    fields = FieldMap.load(mapping) if mapping is not None else None
    if dry_run:
        result = plan(chosen, settings.data, fields)
    else:
        with Assistant(settings=settings) as assistant, progress_bar(hidden=quiet or as_json) as progress:
            bar = progress.add_task("Reading", total=None, reports=0)

            def show(step: Step) -> None:
                description, total = visible(step.path.name[:40]), max(step.total, 1)
                progress.update(bar, description=description, completed=step.done, total=total, reports=step.reports)

            def may_go(origins: list[str]) -> bool:
                progress.stop()
                for origin in origins:
                    progress.console.print(f"Vanished: {origin}", soft_wrap=True)
                return yes or typer.confirm(f"Remove these {len(origins)} reports from the index?", err=True)

            result = assistant.ingest(chosen, show, fields=fields, prune=may_go if prune else None)
            stored = len(result.added) + len(result.replaced)
            progress.update(bar, description="Done", completed=1, total=1, reports=stored)
    show_ingest(result, as_json=as_json, verb="would be " if dry_run else "")
    if result.refused:
        raise typer.Exit(EXIT_PARTLY)


@app.command()
def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with reports.")],
    data: DataOption = None,
    mapping: MappingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ingest a folder, and from then on whatever is new or changed in it, until you press Ctrl-C.

    With --json, what became of each change is an object on a line of its own.
    """
    from index.readers import FieldMap
    from index.watch import watch as watch_folder

    settings = settings_of(data)
    err = Terminal(stderr=True)

    def show(outcome: IngestResult | LagebildError) -> None:
        if isinstance(outcome, LagebildError) and as_json:
            print_line({"error": str(outcome)})
        elif isinstance(outcome, LagebildError):
            err.print(f"Not now: {outcome}", style="yellow", soft_wrap=True)
        elif outcome.added or outcome.replaced or outcome.removed or outcome.refused:
            print_line(_as_dict(outcome)) if as_json else show_ingest(outcome, as_json=False)

    fields = FieldMap.load(mapping) if mapping is not None else None
    err.print(f"Watching {folder} (stop with Ctrl-C)", soft_wrap=True)
    with Assistant(settings=settings) as assistant:
        watch_folder(folder, settings.data, lambda paths: assistant.ingest(paths, fields=fields), show)


def show_ingest(result: IngestResult, *, as_json: bool, verb: str = "") -> None:
    """Print what became of each report."""
    if as_json:
        print_json(_as_dict(result))
        return
    err = Terminal(stderr=True)
    for warning in result.warnings:
        err.print(f"Warning: {warning}", style="yellow", soft_wrap=True)
    if result.refused:
        table = Table("Not ingested", "Reason", box=None, pad_edge=False)
        for error in result.refused:
            table.add_row(error.origin, error.reason)
        Terminal(stderr=True, width=2_000).print(table, style="red")  # never cut: it is to be copied
    if result.vanished:
        err.print(f"{len(result.vanished)} reports are kept whose files have vanished; --prune removes them.")
    counts = ("added", "replaced", "unchanged", "refused", *(["removed"] if result.removed else []))
    print_text(", ".join(f"{len(getattr(result, name))} {verb}{name}" for name in counts))


def _as_dict(result: IngestResult) -> dict[str, object]:
    return {
        "added": result.added,
        "replaced": result.replaced,
        "unchanged": result.unchanged,
        "removed": result.removed,
        "vanished": result.vanished,
        "refused": [{"origin": error.origin, "reason": error.reason} for error in result.refused],
        "warnings": result.warnings,
    }
