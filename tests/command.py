"""Runs commands of the command line: in this process, with one model for all, or as a person does, in a new one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from assistant import Settings
from assistant import assistant as room
from assistant.cli import main
from assistant.embedding import Embedder, load_embedder

LAGEBILD = Path(sys.executable).parent / "lagebild"

Done = subprocess.CompletedProcess[str]


_loaded = cache(load_embedder)


def loaded_once(settings: Settings) -> Embedder:
    """The settings' real model, loaded once in this process, whatever else they say."""
    return _loaded(
        Settings(
            data=Path(),
            cache=settings.cache,
            embedding_model=settings.embedding_model,
            engine=settings.engine,
            query_prefix=settings.query_prefix,
            passage_prefix=settings.passage_prefix,
        )
    )


def started(*arguments: str | Path, given: str = "", data: Path | None = None) -> Done:
    """What `lagebild` does, in a process of its own, where `given` is typed."""
    environment = {**os.environ, **_environment(data)}
    return subprocess.run(
        [str(LAGEBILD), *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=300,
    )


def run(
    *arguments: str | Path, given: str = "", data: Path | None = None, environment: Mapping[str, str] | None = None
) -> Done:
    """The same in this process: no second is spent on loading Python's modules and the model again."""
    typed, printed, told = (io.TextIOWrapper(io.BytesIO(text), "utf-8") for text in (given.encode(), b"", b""))
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(sys, "stdin", typed)
        patch.setattr(room, "load_embedder", loaded_once)
        for name, value in {**_environment(data), **(environment or {})}.items():
            patch.setenv(name, value)
        stack.enter_context(redirect_stdout(printed))
        stack.enter_context(redirect_stderr(told))
        try:
            main(list(map(str, arguments)))
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    shown = []
    for stream in (printed, told):
        stream.flush()
        stream.seek(0)
        shown.append(stream.read())
    return Done(arguments, code, *shown)


def _environment(data: Path | None) -> Mapping[str, str]:
    own = {"COLUMNS": "200", "NO_COLOR": "1", "HF_HUB_OFFLINE": "1"}
    return own if data is None else {**own, "LAGEBILD_DATA": str(data)}
