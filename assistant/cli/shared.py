"""What the commands share: the application that they belong to, options, exit codes, and ways to print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

__all__ = [
    "EXIT_ERROR",
    "EXIT_NOT_WHOLE",
    "EXIT_NO_ANSWER",
    "EXIT_PARTLY",
    "DataOption",
    "ForgetfulOption",
    "JsonOption",
    "YesOption",
    "app",
    "print_json",
    "progress_bar",
]

EXIT_ERROR, EXIT_PARTLY, EXIT_NO_ANSWER, EXIT_NOT_WHOLE = 1, 3, 4, 5

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
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ForgetfulOption = Annotated[bool, typer.Option("--forgetful", help="Keep no conversation.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def print_json(value: object) -> None:
    """The answer of a command for programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


class _Reports(ProgressColumn):
    """How many reports are stored, and how many a second."""

    def render(self, task: Task) -> Text:
        reports, elapsed = task.fields.get("reports", 0), task.elapsed
        rate = f", {reports / elapsed:.1f}/s" if reports and elapsed else ""
        return Text(f"{reports} reports{rate}")


@contextmanager
def progress_bar(*, hidden: bool) -> Iterator[Progress]:
    """A bar on standard error: what is being done, how much of it, and how long it will take."""
    columns = (
        TextColumn("{task.description:<40}"),
        BarColumn(),
        TaskProgressColumn(),
        _Reports(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), disable=hidden) as progress:
        yield progress
