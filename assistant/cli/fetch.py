"""The command that uses the network: fetch."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from assistant.assistant import Assistant
from assistant.cli.ingest import show_ingest
from assistant.cli.shared import EXIT_PARTLY, DataOption, JsonOption, app, progress_bar, settings_of
from assistant.errors import ReportError, SettingsError
from assistant.store.forget import FETCHED

__all__ = ["fetch"]


@app.command()
def fetch(
    urls: Annotated[
        list[str] | None, typer.Argument(metavar="URL...", help="Pages, documents, feeds, sitemaps.")
    ] = None,
    listed: Annotated[
        Path | None, typer.Option("--list", metavar="FILE", help="A file with one address a line; # begins a remark.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Fetch pages by their addresses and bring them into the index.

    Each is kept as a web archive in the folder `fetched` of the data folder: a page as it was last, a feed with
    all entries that it ever had. Only http and https, only addresses on the public internet, only what robots.txt
    allows, at a polite rate. Exit code 3: some could not be fetched or read.
    No other command uses the network, unless you name a model or a server that is there.
    """
    from index.web.collect import collect, url_list
    from index.web.fetch import Fetcher

    wanted = list(urls or [])
    if listed is not None:
        try:
            wanted += url_list(listed.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"{listed}: the list cannot be read ({error}). Write one address a line, in UTF-8."
            ) from error
    if not wanted:
        raise typer.BadParameter("name addresses, or a --list of them")
    settings = settings_of(data)
    files: list[Path] = []
    problems: list[ReportError] = []
    with Fetcher() as fetcher, progress_bar(hidden=quiet or as_json) as progress:
        bar = progress.add_task("Fetching", total=None)
        for found in collect(wanted, settings.data / FETCHED, fetcher, lambda: dt.datetime.now(dt.UTC)):
            if isinstance(found, ReportError):
                problems.append(found)
            else:
                files.append(found)
                progress.update(bar, description=f"Fetching, {len(files)} so far")
    with Assistant(settings=settings) as assistant:
        result = assistant.ingest(files)
    result.refused[:0] = problems
    show_ingest(result, as_json=as_json)
    if result.refused:
        raise typer.Exit(EXIT_PARTLY)
