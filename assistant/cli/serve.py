"""Commands for whoever runs Lagebild: serve and bench."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.cli.shared import DataOption, JsonOption, app, print_json
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.bench import Row

__all__ = ["bench", "serve"]


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
        print_json([asdict(row) for row in rows])
    else:
        _show_bench(rows)


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
