"""Commands that look after the data: verify, rebuild, backup, restore, export and forget."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.assistant import Assistant
from assistant.cli.shared import (
    EXIT_NOT_WHOLE,
    ChromaOption,
    DataOption,
    JsonOption,
    Terminal,
    YesOption,
    app,
    new_file,
    print_json,
    print_text,
    progress_bar,
    settings_of,
    visible,
)
from assistant.store import Catalog, Conversations, VectorIndex, choose_place, writer_lock
from assistant.store import backup as write_backup
from assistant.store import export as export_reports
from assistant.store import forget as forget_reports
from assistant.store import restore as restore_backup
from assistant.store import verify as verify_data

__all__ = ["backup", "export", "forget", "rebuild", "restore", "verify"]

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


@app.command()
def verify(
    data: DataOption = None,
    samples: Annotated[int, typer.Option(min=0, help="How many sentences to look for by their own vectors.")] = 200,
    as_json: JsonOption = False,
) -> None:
    """Look whether everything is there and whole: the catalog, and the vector index against it.

    Exit code 5: it is not; each thing that is wrong is listed. Nothing is changed.
    """
    found = verify_data(settings_of(data).data, samples=samples)
    if as_json:
        print_json(asdict(found))
    else:
        counts = found.counts
        print_text(f"{counts.reports} reports, {counts.passages} passages, {counts.sentences} sentences")
        print_text(f"{found.found} of {found.samples} sentences found by their own vectors")
        for problem in found.problems:
            print_text(f"Wrong: {problem}")
        for step in found.steps:
            print_text(f"Try: {step}")
        if not found.problems:
            print_text("All is there and whole.")
    if found.problems:
        raise typer.Exit(EXIT_NOT_WHOLE)


@app.command()
def rebuild(
    data: DataOption = None,
    chroma: ChromaOption = None,
    reembed: Annotated[
        bool, typer.Option("--reembed", help="Embed all reports again, for another model or after an update.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the vector index anew from the catalog. Nothing is embedded, unless you ask for it.

    Embedding again can be stopped; the same command goes on where it was. Until it is done, questions are answered from
    what was there before.
    """
    settings = settings_of(data, chroma)
    if settings.chroma and (settings.data / "catalog.sqlite").exists():  # so that a wrong folder's name makes none
        choose_place(settings.data, settings.chroma)
    if not reembed:
        with Catalog(settings.data / "catalog.sqlite") as catalog, writer_lock(settings.data, "rebuilding", wait=2):
            vectors = VectorIndex(settings.data, catalog)
            vectors.rebuild()
            vectors.close()
            count = catalog.counts().reports
        _tell(f"{count} reports, indexed anew", as_json=as_json, reports=count)
        return
    from index.reembed import reembed as embed_again

    with Assistant(settings=settings) as assistant, progress_bar(hidden=quiet or as_json) as progress:
        bar = progress.add_task("Embedding", total=None)
        count = embed_again(
            settings.data,
            assistant.embedder,
            lambda done, total: progress.update(bar, completed=done, total=total),
            assistant.gazetteer,
        )
        progress.update(bar, completed=count, total=count)
    _tell(f"{count} reports, embedded anew", as_json=as_json, reports=count)


@app.command()
def backup(
    file: BackupFile,
    data: DataOption = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a file of this name.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write all reports, with their vectors, into one file. Others may ask and ingest meanwhile."""
    counts = write_backup(settings_of(data).data, file, replace=replace)
    size = file.stat().st_size
    told = f"{counts.reports} reports, {size / 1e6:.1f} MB, in {file}"
    _tell(told, as_json=as_json, reports=counts.reports, bytes=size, file=str(file))


@app.command()
def restore(
    file: BackupFile,
    data: DataOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the backup take the place of the reports in the data folder.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring back what a backup holds. A data folder that holds something is left alone, unless you say --replace."""
    target = settings_of(data).data
    counts = restore_backup(file, target, replace=replace)
    told = f"{counts.reports} reports in {target}"
    _tell(told, as_json=as_json, reports=counts.reports, data=str(target))


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to; without it, the output.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all reports as JSON lines. `lagebild ingest` takes them back, with the same ids."""
    folder = settings_of(data).data
    if file is None:
        export_reports(folder, _Output())
        return
    with new_file(file) as stream:
        count = export_reports(folder, stream)
    _tell(f"{count} reports in {file}", as_json=as_json, reports=count, file=str(file))


@app.command()
def forget(
    report_ids: Annotated[list[str] | None, typer.Argument(metavar="[REPORT_ID]...", help="Ids of reports.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="All reports of this source, as they spell it.")] = None,
    data: DataOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove reports so that no byte of them is left in the data folder.

    Shows them, and asks before it begins. What was fetched goes too: a page, and of a feed what was kept with one of
    them. Other files that they were read from stay, and so do backups and exports.
    """
    folder = settings_of(data).data
    err = Terminal(stderr=True)
    with Catalog(folder / "catalog.sqlite") as catalog:
        wanted = dict.fromkeys([*(report_ids or ()), *catalog.reports_of(source or ())])
        found = catalog.reports(wanted)
        with Conversations(catalog.path) as conversations:  # which may quote what was replaced since
            quoted = conversations.referring_to(wanted.keys() - found.keys())
    for gone in sorted(quoted):
        err.print(f"Report {gone} is not there any more; conversations quote it.", soft_wrap=True)
    for unknown in wanted.keys() - found.keys() - quoted:
        err.print(f"There is no report {unknown}.", style="yellow", soft_wrap=True)
    for report in found.values():
        about = f"{report.id}  {report.published}  {report.source or '-'}  {report.title}"
        err.print(about, soft_wrap=True)
    chosen = found.keys() | quoted
    if chosen and not yes:
        typer.confirm(f"Forget {len(chosen)} reports for good?", abort=True, err=True)
    origins = forget_reports(folder, chosen)
    for origin in origins:
        err.print(f"Was read from {origin}; to ingest or to fetch that again brings it back.", soft_wrap=True)
    told = f"{len(chosen)} reports forgotten"
    _tell(told, as_json=as_json, forgotten=sorted(chosen), unknown=sorted(wanted.keys() - chosen), origins=origins)


class _Output:
    """The output, for JSON: what would act on a terminal is written so that it means the same and does nothing."""

    def write(self, text: str) -> None:
        sys.stdout.write(visible(text))


def _tell(text: str, *, as_json: bool, **about: object) -> None:
    """What a command did, for people or for programs."""
    if as_json:
        print_json(about)
    else:
        print_text(text)
