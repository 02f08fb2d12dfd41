"""What the commands share: the application that they belong to, options, exit codes, and ways to print."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TextIO

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

from assistant.errors import BackupError, EvaluationError
from assistant.settings import Settings

__all__ = [
    "EXIT_ERROR",
    "EXIT_NOT_WHOLE",
    "EXIT_NO_ANSWER",
    "EXIT_PARTLY",
    "EXIT_WORSE",
    "ChromaOption",
    "DataOption",
    "ForgetfulOption",
    "JsonOption",
    "LLMOption",
    "Terminal",
    "YesOption",
    "app",
    "new_file",
    "print_json",
    "print_line",
    "print_text",
    "progress_bar",
    "settings_of",
    "try_files",
    "visible",
    "writing",
]

EXIT_ERROR, EXIT_PARTLY, EXIT_NO_ANSWER, EXIT_NOT_WHOLE, EXIT_WORSE = 1, 3, 4, 5, 6

# What a terminal obeys or is turned around by: control characters but newline and tab, and overrides of direction; not
# the isolates by which a name keeps its own (U+2068, U+2069). And half characters, which stand for bytes of a file's
# name that are no UTF-8: they cannot be written.
_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\ud800-\udfff]")

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
ChromaOption = Annotated[
    str | None,
    typer.Option(
        "--chroma",
        metavar="URL",
        help="Keep the vectors on this Chroma server from now on; 'embedded': here. Default: $LAGEBILD_CHROMA.",
    ),
]
LLMOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="MODEL",
        help="The language model that writes the answer: openai-like:MODEL@URL, ollama:MODEL, anthropic:MODEL, or"
        " package.module:attribute. Default: $LAGEBILD_LLM, or none: the answer is quoted.",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ForgetfulOption = Annotated[bool, typer.Option("--forgetful", help="Keep no conversation.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def settings_of(data: Path | None, chroma: str | None = None, llm: str | None = None) -> Settings:
    """What the environment and the options say; the options win. Nothing is opened or changed yet."""
    settings = Settings.from_environment(data=data, llm=llm)
    return replace(settings, chroma=chroma or settings.chroma)


def new_file(path: Path) -> TextIO:
    """A file to write to, for its owner alone. A BackupError where it is there already, or cannot be made."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise BackupError(f"{path}: this file cannot be made ({error.strerror}). Name another one.") from error
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Where figures cannot be written to this file, which may be there, an EvaluationError says so."""
    try:
        yield
    except OSError as error:
        raise EvaluationError(f"{file}: this file cannot be written ({error.strerror}). Name another one.") from error


def try_files(*files: Path | None) -> None:
    """Before a run of hours: whether its figures can be written there, as `writing` says."""
    for file in files:
        if file is not None and str(file) != "-":
            with writing(file), file.open("ab"):
                pass


def visible(text: str) -> str:
    r"""A text in which nothing acts on the terminal: what would is written as in JSON, of which the meaning stays.

    >>> print(visible("\x1b[2J \u202eevil"))
    \u001b[2J \u202eevil
    """
    return _ACTING.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


class Terminal(Console):
    """Where all text for people is printed: just as it stands, whoever wrote it, and so that nothing in it acts."""

    def __init__(self, *, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)

    def render_str(self, text: str, **options: Any) -> Text:
        """What every string that is printed, or is in a table, goes through."""
        return super().render_str(visible(text), **options)


def print_text(text: str) -> None:
    """What a command did, in a line for people that is never styled."""
    print(visible(text))


def print_json(value: object) -> None:
    """The answer of a command for programs."""
    print(visible(json.dumps(value, ensure_ascii=False, indent=2)))


def print_line(value: object) -> None:
    """One of many answers, on a line of its own, for programs that read it at once."""
    print(visible(json.dumps(value, ensure_ascii=False)), flush=True)


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
        TextColumn("{task.description:<40}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        _Reports(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Terminal(stderr=True), disable=hidden) as progress:
        yield progress
