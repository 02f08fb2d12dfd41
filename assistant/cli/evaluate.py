"""The commands that measure: eval, and feedback, which makes questions for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from assistant.assistant import Assistant
from assistant.cli.shared import (
    EXIT_WORSE,
    ChromaOption,
    DataOption,
    JsonOption,
    LLMOption,
    Terminal,
    app,
    new_file,
    print_json,
    print_text,
    settings_of,
    try_files,
    writing,
)

__all__ = ["evaluate", "feedback"]

_WIDE = 160  # columns, where no terminal says how many there are
_BOUND = 0.02  # as in assistant.evaluation.comparing, which loads what --help need not wait for


@app.command("eval")
def evaluate(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS", help="A file of JSON lines: docs/evaluation.md.")],
    data: DataOption = None,
    chroma: ChromaOption = None,
    llm: LLMOption = None,
    judge: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help="Who judges citations: a cross-encoder of natural language inference, package.module:attribute, or"
            " 'check', Lagebild's own check. Default: $LAGEBILD_JUDGE, or else check.",
        ),
    ] = "",
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the run there; '-': print it.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with plots there.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Compare with an earlier run, as --json wrote it.")
    ] = None,
    bound: Annotated[
        float, typer.Option(min=0, max=1, help="How much worse a measure may be than in the earlier run.")
    ] = _BOUND,
) -> None:
    """Measure the answers over your own reports, with your own questions and what you expect of them.

    Exit code 6: a measure is worse than in the run of --against by more than --bound.
    """
    from assistant.evaluation.asking import DEPTH, ask_all
    from assistant.evaluation.comparing import compare
    from assistant.evaluation.figures import Run, read_run, write_run
    from assistant.evaluation.judges import choose_judge
    from assistant.evaluation.questions import read_questions
    from assistant.evaluation.table import comparison_table, figures_table

    asked = read_questions(questions)
    earlier = read_run(against) if against is not None else None
    try_files(json_file, html_file)
    settings = replace(settings_of(data, chroma, llm), hits=DEPTH)
    with Assistant(settings=settings) as assistant:
        chosen = choose_judge(judge, assistant)
        results = tuple(
            track(
                ask_all(assistant, asked, chosen),
                description="Asking",
                total=len(asked),
                console=Terminal(stderr=True),
                disable=not Terminal(stderr=True).is_terminal,
            )
        )
        counts = assistant.status().counts
        about = {
            "questions": questions.name,
            "when": datetime.now().astimezone().isoformat(timespec="seconds"),
            "lagebild": version("lagebild"),
            "data": str(settings.data),
            "reports": str(counts.reports),
            "sentences": str(counts.sentences),
            "embedding": assistant.embedder.identity,
            "reader": assistant.reader.identity if assistant.reader is not None else "none",
            "language model": assistant.llm.identity if assistant.llm is not None else "none",
            "judge": chosen.name,
        }
    run = Run(about=about, results=results)
    printed = json_file is not None and str(json_file) == "-"
    if printed:
        print_json(run.to_dict())
    out = Terminal(stderr=printed)
    out = out if out.is_terminal else Terminal(stderr=printed, width=_WIDE)
    out.print(figures_table(run))
    found = compare(earlier, run, bound) if earlier is not None else None
    if found is not None:
        out.print(comparison_table(found))
        for name, only in (("the earlier run", found.only_old), ("this one", found.only_new)):
            if only:
                out.print(f"Only in {name}, or asked in other words: {', '.join(only)}", soft_wrap=True)
    if json_file is not None and not printed:
        with writing(json_file):
            write_run(run, json_file)
    if html_file is not None:
        from assistant.evaluation.page import write_page

        with writing(html_file):
            write_page(run, found, html_file)
    if found is not None and found.regressions:
        raise typer.Exit(EXIT_WORSE)


@app.command()
def feedback(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Write questions for `eval` there.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was said of answers: right, wrong or wrong source. With a FILE, write it as questions to measure with.

    Of a right answer, what it cites is expected, or that it declines. Of any other, nothing is until you add it.
    """
    from assistant.evaluation.feedback import judged_turns, question_of
    from assistant.evaluation.questions import to_lines

    with Assistant(settings=settings_of(data)) as assistant:
        judged = [
            (conversation, turn, turn.feedback)
            for conversation, turn in judged_turns(assistant)
            if turn.feedback is not None
        ]
    questions = [question_of(conversation, turn) for conversation, turn, _ in judged]
    if file is not None:
        written = [question for question in questions if question is not None]
        with new_file(file) as stream:
            stream.write(to_lines(written))
        counts = {"questions": len(written), "left_out": len(judged) - len(written)}
        if as_json:
            print_json(counts | {"file": str(file)})
        else:
            print_text(f"{counts['questions']} questions in {file}")
            if counts["left_out"]:
                print_text(f"{counts['left_out']} left out: they are no questions by themselves")
    elif as_json:
        print_json(
            [
                {"conversation": conversation, "number": turn.number, "question": turn.question} | said.to_dict()
                for conversation, turn, said in judged
            ]
        )
    else:
        out = Terminal()
        for conversation, turn, said in judged:
            verdict = said.verdict.value.replace("_", " ")
            out.print(f"{conversation}-{turn.number}  {verdict:<12}  {turn.question}", soft_wrap=True)
            if said.note:
                out.print(f"    {said.note}", style="dim", soft_wrap=True)
