"""The assistant for programs that run on an event loop: the same answers, awaited, while a thread does the work.

Knows threads; knows nothing of how an answer is found. Any other method is called in the same way:
`await anyio.to_thread.run_sync(assistant.status)`.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from functools import partial
from typing import Protocol, TypeVar

from assistant.evidence import ReportSpan
from assistant.filter import EVERYTHING, Filter
from assistant.records import Answer, Hit, Settled

__all__ = ["Asynchronous", "stepwise"]


class _Blocking(Protocol):
    def ask_stream(
        self, question: str, among: Filter, today: dt.date | None, *, skip: frozenset[ReportSpan]
    ) -> Generator[str | Settled | Answer]: ...

    def retrieve(self, question: str, count: int | None, among: Filter, today: dt.date | None) -> list[Hit]: ...

    def aask_stream(
        self, question: str, among: Filter, today: dt.date | None, *, skip: frozenset[ReportSpan]
    ) -> AsyncGenerator[str | Settled | Answer]: ...


class Asynchronous:
    """What can be awaited of an assistant. Where a task is cancelled, its work ends with the piece in the making."""

    async def aask(
        self: _Blocking,
        question: str,
        among: Filter = EVERYTHING,
        today: dt.date | None = None,
        *,
        skip: frozenset[ReportSpan] = frozenset(),
    ) -> Answer:
        """As `ask`."""
        async with aclosing(self.aask_stream(question, among, today, skip=skip)) as stream:
            async for said in stream:
                if isinstance(said, Answer):
                    return said
        raise AssertionError("an answer ends every stream")

    async def aask_stream(
        self: _Blocking,
        question: str,
        among: Filter = EVERYTHING,
        today: dt.date | None = None,
        *,
        skip: frozenset[ReportSpan] = frozenset(),
    ) -> AsyncGenerator[str | Settled | Answer]:
        """As `ask_stream`. Close it (`contextlib.aclosing`) where you leave it before its end."""
        async with aclosing(stepwise(self.ask_stream(question, among, today, skip=skip))) as stream:
            async for said in stream:
                yield said

    async def aretrieve(
        self: _Blocking,
        question: str,
        count: int | None = None,
        among: Filter = EVERYTHING,
        today: dt.date | None = None,
    ) -> list[Hit]:
        """As `retrieve`."""
        from anyio import to_thread

        return await to_thread.run_sync(partial(self.retrieve, question, count, among, today))


_Piece = TypeVar("_Piece")


async def stepwise(stream: Generator[_Piece]) -> AsyncGenerator[_Piece]:
    """The pieces of a generator, each of them made in a thread.

    Where nobody reads on, the generator is closed: at once, or by the thread when the piece in the making is done,
    since a task can be cancelled and a thread cannot.
    """
    from anyio import to_thread

    making = threading.Lock()
    left = False

    def make() -> _Piece | None:
        with making:
            piece = next(stream, None)
        if left:
            close()
        return piece

    def close() -> None:
        if making.acquire(blocking=False):
            try:
                stream.close()
            finally:
                making.release()

    try:
        while (piece := await to_thread.run_sync(make)) is not None:
            yield piece
    finally:
        left = True
        close()
