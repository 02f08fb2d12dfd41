"""Commands for conversations: chat, and conversations list, show, export, rename, judge and delete."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from assistant.assistant import Assistant
from assistant.cli.ask import (
    ExplainOption,
    LanguageOption,
    PlaceOption,
    ReportOption,
    SinceOption,
    SourceOption,
    UntilOption,
    limits,
    show_answer,
)
from assistant.cli.shared import (
    DataOption,
    ForgetfulOption,
    JsonOption,
    LLMOption,
    Terminal,
    YesOption,
    app,
    new_file,
    print_json,
    print_line,
    print_text,
    visible,
)
from assistant.errors import QuestionError
from assistant.settings import Settings
from assistant.store import delete_conversations
from assistant.transcript import lost_text, not_kept_text, read, to_dict, to_json, to_markdown
from assistant.turns import Feedback, Turn, Verdict
from assistant.wording import load_wording

__all__ = ["chat", "conversations"]

conversations = typer.Typer(help="List, show, export, rename, judge and delete the conversations that are kept.")
app.add_typer(conversations, name="conversations", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The conversation, as `conversations list` names it.")]


@app.command()
def chat(
    data: DataOption = None,
    conversation: Annotated[
        str | None, typer.Option("--conversation", metavar="ID", help="Go on with this conversation.")
    ] = None,
    since: SinceOption = "",
    as_of: UntilOption = "",
    language: LanguageOption = None,
    source: SourceOption = None,
    place: PlaceOption = None,
    report: ReportOption = None,
    llm: LLMOption = None,
    forgetful: ForgetfulOption = False,
    explain: ExplainOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask one question after the other, a line each: "And al-Qaim?", "who says so?", "why?", "show me more".

    A question may lean on the one before; how it was understood is shown. Ends with the input (Ctrl-D). With --json,
    each turn is an object on a line of its own.
    """
    settings = Settings.from_environment(data=data, llm=llm)
    among = limits(since, as_of, language, source, place, report)
    err = Terminal(stderr=True)
    with Assistant(settings=settings.forgetful() if forgetful else settings) as assistant:
        if conversation is not None:
            assistant.conversations().summary(conversation)
        talk = assistant.conversation(conversation)
        told = None
        for question in _questions():
            try:
                turn = talk.ask(question, among)
            except QuestionError as error:
                err.print(str(error), style="red", soft_wrap=True)
                continue
            if as_json:
                print_line(turn.to_dict() | {"conversation": talk.id, "kept": talk.kept})
            else:
                _show_turn(turn, explain=explain)
            if talk.not_kept is not None and told is None:
                told = not_kept_text(talk.not_kept, turn.answer.language)
                err.print(told, style="yellow", soft_wrap=True)
        if talk.turns and talk.kept:
            err.print(f"Go on with: lagebild chat --conversation {talk.id} --data {settings.data}", soft_wrap=True)


@conversations.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the conversations, the newest first."""
    with Assistant(settings=Settings.from_environment(data=data)) as assistant:
        found = assistant.conversations().summaries()
    if as_json:
        print_json([one.to_dict() for one in found])
        return
    out = Terminal()
    for one in found:
        started = one.started.astimezone().strftime("%Y-%m-%d %H:%M")
        out.print(f"{one.id}  {started}  {one.turns:>3}  {one.title}", soft_wrap=True)


@conversations.command()
def show(conversation: IdArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Show a conversation: its questions, how they were understood, and the answers with their quotations."""
    with Assistant(settings=Settings.from_environment(data=data)) as assistant:
        title, turns = read(assistant, conversation)
    if as_json:
        print_json(to_dict(conversation, title, turns))
        return
    for turn in turns:
        Terminal().print(f"> {turn.question}", style="bold cyan", soft_wrap=True)
        _show_turn(turn)


@conversations.command()
def export(
    conversation: IdArgument,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to; without it, the output.")] = None,
    form: Annotated[Literal["md", "json"], typer.Option("--format", help="Markdown or JSON.")] = "md",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a conversation as Markdown or JSON, each quotation with its source, date and address.

    Without a FILE, --json is --format json.
    """
    with Assistant(settings=Settings.from_environment(data=data)) as assistant:
        title, turns = read(assistant, conversation)
    markdown = form == "md" and not (as_json and file is None)
    text = to_markdown(title, turns) if markdown else to_json(conversation, title, turns)
    if file is None:  # in a file that it is sent to, Markdown is to have every letter
        sys.stdout.write(text if markdown and not sys.stdout.isatty() else visible(text))
        return
    with new_file(file) as stream:
        stream.write(text)
    if as_json:
        print_json({"questions": len(turns), "file": str(file)})
    else:
        print_text(f"{len(turns)} questions in {file}")


@conversations.command()
def rename(
    conversation: IdArgument,
    title: Annotated[str, typer.Argument(help="The new title.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a conversation another title; the first is its first question."""
    with Assistant(settings=Settings.from_environment(data=data)) as assistant:
        assistant.conversations().summary(conversation)
        assistant.conversations().rename(conversation, title)
        renamed = assistant.conversations().summary(conversation)
    if as_json:
        print_json(renamed.to_dict())
    else:
        print_text(f"{conversation}  {title}")


@conversations.command()
def judge(
    conversation: IdArgument,
    number: Annotated[int, typer.Argument(min=1, max=1_000_000, help="The question, counted from 1.")],
    verdict: Annotated[
        Literal["right", "wrong", "wrong_source", "none"], typer.Argument(help="none takes back what was said.")
    ],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say of an answer that it is right, wrong, or cites a wrong source. `lagebild feedback` saves it as questions."""
    said = None if verdict == "none" else Feedback(Verdict(verdict), note.strip())
    with Assistant(settings=Settings.from_environment(data=data)) as assistant:
        assistant.conversations().judge(conversation, number, said)
    if as_json:
        print_json(said.to_dict() if said is not None else None)
    else:
        print_text(f"{conversation}-{number}  {verdict}")


@conversations.command()
def delete(
    conversation: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="The conversations.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    data: DataOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Delete conversations so that no byte of them is left in the data folder; not in backups and exports."""
    settings = Settings.from_environment(data=data)
    err = Terminal(stderr=True)
    with Assistant(settings=settings) as assistant:
        there = {one.id: one for one in assistant.conversations().summaries()}
        chosen = list(there) if everything else list(dict.fromkeys(conversation or ()))
        for one in chosen:
            found = assistant.conversations().summary(one)
            err.print(f"{found.id}  {found.turns:>3}  {found.title}", soft_wrap=True)
    if chosen and not yes:
        typer.confirm(f"Delete {len(chosen)} conversations for good?", abort=True, err=True)
    count = delete_conversations(settings.data, chosen) if chosen else 0
    if as_json:
        print_json({"deleted": chosen})
    else:
        print_text(f"{count} conversations deleted")


def _questions() -> Iterator[str]:
    """The lines of the input that have something in them; a person is prompted for each."""
    while True:
        if sys.stdin.isatty():
            sys.stderr.write("> ")
            sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


def _show_turn(turn: Turn, *, explain: bool = False) -> None:
    out = Terminal()
    if turn.resolved is not None:
        shown = load_wording(turn.answer.language).say("understood", question=turn.resolved)
        out.print(shown, style="italic", soft_wrap=True)
    show_answer(turn.answer, explain=explain)
    for lost in turn.lost:
        out.print(f"\n! {lost_text(lost, turn.answer.language)}", style="yellow", soft_wrap=True)
        if lost.quote is not None:
            out.print(f"    “{lost.quote}”", style="dim", soft_wrap=True)
    out.print()
