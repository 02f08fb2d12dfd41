"""Fills the next generation in a process of its own, while this one goes on reading and embedding.

Chroma keeps Python's lock for as long as it takes records in, and stops everything else meanwhile: a long ingest took a
sixth longer (docs/decisions/0021). Few reports are filled in here, at the end: starting a process would take longer.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from assistant.process import started
from assistant.store.catalog import Catalog
from assistant.store.generations import FolderGenerations, Generation, Growth

__all__ = ["Aside", "filled_aside", "main"]

_FEW = 4  # batches of an ingest
_TOGETHER = 8  # Chroma writes its files at each `add`
_LEAVE = 10.0  # seconds; it may be in the middle of a batch


@contextmanager
def filled_aside(generations: FolderGenerations, base: Generation | None, source: Catalog) -> Iterator[Aside]:
    """As `grow` of the generations, for an ingest that may be long."""
    job = {"root": str(generations.root), "catalog": str(source.path), "base": asdict(base) if base else None}
    aside = Aside(lambda: generations.grow(base, source), job)
    try:
        yield aside
    finally:
        aside.close()


class Aside:
    """A generation in the making, as `Growth` is one. An OSError says what went wrong in the other process."""

    def __init__(self, here: Callable[[], AbstractContextManager[Growth]], job: object) -> None:
        self._here = here
        self._job = job
        self._waiting: list[list[str]] = []
        self._other: _Other | None = None

    def add(self, report_ids: Iterable[str]) -> None:
        """Take over reports of the catalog that the base does not have; it may be done later."""
        self._waiting.append(list(report_ids))
        if self._other is None and len(self._waiting) > _FEW:
            self._other = _Other(self._job)
        if self._other is not None and len(self._waiting) >= _TOGETHER:
            self._send()

    def finish(self) -> Generation:
        """Bring it to the catalog's last change. It is whole then, and not yet published."""
        if self._other is not None:
            self._send()
            return self._other.finished()
        with self._here() as growth:
            for ids in self._waiting:
                growth.add(ids)
            return growth.finish()

    def _send(self) -> None:
        if self._other is not None:
            self._other.send(list(chain.from_iterable(self._waiting)))
            self._waiting = []

    def close(self) -> None:
        """Let go of the other process: it removes what it has not finished."""
        if self._other is not None:
            self._other.close()


class _Other:
    """The other process, as it is seen from here."""

    def __init__(self, job: object) -> None:
        self._connection, self._process = started("assistant.store.aside")
        self.send(job)

    def send(self, message: object) -> None:
        try:
            self._connection.send_bytes(json.dumps(message).encode())
        except OSError:  # it has ended, and may have said why
            self._answer()

    def finished(self) -> Generation:
        self.send(None)
        return Generation(**self._answer())

    def _answer(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            raise OSError(f"the process that fills it ended with {self._process.wait()}") from None
        if "error" in told:
            raise OSError(told["error"])
        return told

    def close(self) -> None:
        self._connection.close()
        try:
            self._process.wait(_LEAVE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def main(descriptor: int) -> None:
    """The other process: fill what is asked for, until the end is asked for or the asker is gone."""
    with suppress(EOFError, BrokenPipeError, ConnectionResetError), Connection(descriptor) as asker:
        job = json.loads(asker.recv_bytes())
        base = Generation(**job["base"]) if job["base"] else None
        try:
            with (
                Catalog(Path(job["catalog"])) as catalog,
                FolderGenerations(Path(job["root"])).grow(base, catalog) as growth,
            ):
                while (report_ids := json.loads(asker.recv_bytes())) is not None:
                    growth.add(report_ids)
                told = asdict(growth.finish())
        except EOFError:
            raise
        except Exception as error:  # whatever it is, the asker tells it
            told = {"error": str(error)}
        asker.send_bytes(json.dumps(told).encode())
