"""Lets the steps of a long work overlap: each takes an iterator and is one, and runs in a thread of its own.

Knows nothing of reports.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

__all__ = ["overlapping"]

_LOOK = 0.1  # seconds after which who waits looks whether all is over
_LEAVE = 5.0  # seconds; a step may be in the middle of a file that hangs, and then ends by itself


class _Over(Exception):
    """The work is over; nobody takes any more."""


class _Queue:
    """From one step to the next: items, and at last how it ended."""

    def __init__(self, room: int, over: threading.Event) -> None:
        self._items = queue.Queue[tuple[Any, BaseException | None, bool]](room)
        self._over = over

    def fill(self, items: Iterable[Any]) -> None:
        with suppress(_Over):
            try:
                for item in items:
                    self._put(item, None, False)
            except _Over:
                raise
            except BaseException as error:  # it is raised where the next item is taken
                self._put(None, error, True)
            else:
                self._put(None, None, True)

    def _put(self, item: object, error: BaseException | None, last: bool) -> None:
        while not self._over.is_set():
            with suppress(queue.Full):
                self._items.put((item, error, last), timeout=_LOOK)
                return
        raise _Over

    def items(self) -> Iterator[Any]:
        while not self._over.is_set():
            try:
                item, error, last = self._items.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if error is not None:
                raise error
            if last:
                return
            yield item
        raise _Over


@contextmanager
def overlapping(
    first: Iterable[Any], *steps: tuple[Callable[[Iterator[Any]], Iterable[Any]], int]
) -> Iterator[Iterator[Any]]:
    """What comes of `first` after all steps, in order. A step is given what the one before it makes.

    With each step goes how many items may wait for it: one or two of them bound the memory. What a step raises is
    raised where its result is taken, after all that it made before. When the block is left, however it is, the steps
    end after the item that they are at.
    """
    over, threads, items = threading.Event(), list[threading.Thread](), first
    for step, room in steps:
        waiting = _Queue(room, over)
        threads.append(threading.Thread(target=waiting.fill, args=(items,), daemon=True))
        items = step(waiting.items())
    for thread in threads:
        thread.start()
    try:
        yield iter(items)
    finally:
        over.set()
        for thread in threads:
            thread.join(_LEAVE)
