"""Commands that bring reports in: ingest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assistant.assistant import Assistant
from assistant.cli.shared import EXIT_PARTLY, DataOption, JsonOption, app, print_json, progress_bar
from assistant.settings import Settings

if TYPE_CHECKING:
    from index.build import IngestResult

__all__ = ["ingest", "show_ingest"]


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders with reports.")],
    data: DataOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A TOML file: which columns or fields are the text, title, date, source."),
    ] = None,
) -> None:
    """Bring reports into the index: text, Markdown, HTML, PDF, DOCX, ODT, mails, feeds, JSON, CSV, XLSX, event files of
    UCDP and ACLED, and archives of any of these (ZIP, gzip, WARC).

    Files that are known already are passed over, changed ones replace their reports. Exit code 3: some files
    could not be read; each is listed with its reason, and all others are in.
    """
    from index.build import ingest as build
    from index.readers import FieldMap

    settings = Settings.from_environment(data=data)
    with Assistant(settings=settings) as assistant, progress_bar(hidden=quiet or as_json) as progress:
        bar = progress.add_task("Reading", total=None)

        def show(path: Path, done: int, total: int) -> None:
            progress.update(bar, description=escape(path.name[:40]), completed=done, total=total)

        fields = FieldMap.load(mapping) if mapping is not None else None
        result = build(paths, settings.data, lambda: assistant.embedder, show, fields, lambda: assistant.gazetteer)
        progress.update(
            bar, description="Done", completed=1 if progress.tasks[0].total is None else progress.tasks[0].total
        )
    show_ingest(result, as_json=as_json)
    if result.refused:
        raise typer.Exit(EXIT_PARTLY)


def show_ingest(result: IngestResult, *, as_json: bool) -> None:
    """Print what became of each report."""
    if as_json:
        refused = [{"origin": error.origin, "reason": error.reason} for error in result.refused]
        print_json(
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
