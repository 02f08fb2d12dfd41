"""Commands for whoever runs Lagebild: serve, password, mcp and bench."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from assistant.assistant import Assistant
from assistant.cli.shared import (
    ChromaOption,
    DataOption,
    ForgetfulOption,
    JsonOption,
    LLMOption,
    Terminal,
    app,
    print_json,
    print_line,
    print_text,
    settings_of,
    try_files,
    writing,
)
from assistant.extras import extra
from assistant.passwords import set_password
from assistant.settings import Settings

__all__ = ["bench", "mcp", "password", "serve"]

SIZES = (1_000, 10_000, 100_000)  # sentences at which speed is measured


@app.command()
def serve(
    data: DataOption = None,
    chroma: ChromaOption = None,
    llm: LLMOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on. Only this machine by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    name: Annotated[
        list[str] | None,
        typer.Option(help="A name by which it is reached, if not by the address: that of a reverse proxy. Repeatable."),
    ] = None,
    auth: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Ask everyone to log in, with a name and a password of this file (lagebild password). Default:"
            " $LAGEBILD_AUTH, or no login.",
        ),
    ] = None,
    forgetful: ForgetfulOption = False,
    as_json: JsonOption = False,
    read_only: Annotated[
        bool,
        typer.Option("--read-only", help="Neither add nor remove reports nor judge answers, in the page or by REST."),
    ] = False,
) -> None:
    """Serve the chat in the browser."""
    with extra("ui"):
        from app import serve as serve_chat

    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    if as_json:
        print_line({"address": address})
    Terminal(stderr=True).print(f"Lagebild on {address} (stop with Ctrl-C)", soft_wrap=True)
    settings = settings_of(data, chroma, llm)
    settings = replace(settings, auth=auth or settings.auth, read_only=read_only)
    serve_chat(settings.forgetful() if forgetful else settings, host, port, name or ())


@app.command()
def password(
    name: Annotated[str, typer.Argument(help="Who may log in.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file for serve --auth; it is made if need be.")],
    as_json: JsonOption = False,
) -> None:
    """Give a name its password in the file for serve --auth. It is asked for twice, and only its scrypt is kept."""
    set_password(file, name, typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=as_json))
    if as_json:
        print_json({"name": name, "file": str(file)})
    else:
        print_text(f"{name} may log in with {file}.")


@app.command()
def mcp(data: DataOption = None) -> None:
    """Serve the reports to a language model's program over standard input and output (Model Context Protocol)."""
    from assistant.mcp_server import make_mcp_server

    with Assistant(settings=settings_of(data)) as assistant:
        make_mcp_server(assistant).run()


@app.command()
def bench(
    folder: Annotated[
        Path, typer.Argument(metavar="EVAL", help="The folder that holds xquad/, mlqa-de/, tydiqa/, ntrex/.")
    ],
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only this part: xquad, mlqa-de, tydiqa, ntrex, xquad-others or speed. Repeatable."),
    ] = None,
    articles: Annotated[int | None, typer.Option(min=1, help="Only the first N articles of XQuAD.")] = None,
    size: Annotated[
        list[int] | None, typer.Option(min=1, help="Measure speed at N sentences. Repeatable; 1000, 10000, 100000.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures there; '-': print them.")
    ] = None,
) -> None:
    """Measure retrieval and its speed beside LlamaIndex's plain pipeline and txtai, with the same model.

    "Lagebild, read" is with the reader ($LAGEBILD_READER), on questions that it was not trained on: of XQuAD, those
    about the last 8 of its 24 articles. Everything takes more than two hours on two cores; --only xquad --articles 4
    takes some minutes.
    """
    from assistant.bench import data, quality, speed, table
    from assistant.embedding import load_embedder
    from assistant.reader import load_reader

    try_files(json_file)
    settings = Settings.from_environment()
    parts = only or [*data.SETS, "speed"]
    found = data.collections(folder, [part for part in parts if part != "speed"], articles)
    reader = load_reader(settings)
    qualities = list(quality.measure(found, load_embedder(settings), reader=reader))
    speeds = list(speed.measure(folder, size or SIZES, settings)) if "speed" in parts else []
    printed = json_file is not None and str(json_file) == "-"
    out = Terminal(width=180, stderr=printed)
    for shown in (table.quality_table(qualities), table.speed_table(speeds)):
        if shown.rows:
            out.print(shown)
    if json_file is not None:
        figures = {"quality": [asdict(row) for row in qualities], "speed": [asdict(row) for row in speeds]}
        if printed:
            print_json(figures)
        else:
            with writing(json_file):
                json_file.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", "utf-8")
