"""Overlapping steps: the same as one after the other, no more ahead than there is room, and no thread is left."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from index.pipeline import overlapping


def doubled(numbers: Iterator[int]) -> Iterator[int]:
    for number in numbers:
        if number == 13:
            raise ValueError(number)
        yield number * 2


def test_steps_give_what_they_give_one_after_the_other() -> None:
    with overlapping(range(10), (doubled, 1), (doubled, 2)) as items:
        assert list(items) == [number * 4 for number in range(10)]
    assert not [thread for thread in threading.enumerate() if thread.daemon and thread.name.startswith("Thread")]


def test_what_was_made_before_a_failure_comes_before_it() -> None:
    came = []

    def run() -> None:
        with overlapping(range(100), (doubled, 1), (iter, 50)) as items:
            for item in items:
                came.append(item)  # noqa: PERF402

    with pytest.raises(ValueError, match="13"):
        run()
    assert came == [number * 2 for number in range(13)]


def test_no_more_is_made_than_there_is_room_for_and_all_ends_when_nobody_takes() -> None:
    made, taken, closed = list[int](), threading.Event(), threading.Event()

    def endless() -> Iterator[int]:
        try:
            for number in range(10**9):
                made.append(number)
                if number == 6:  # in hand, twice waiting and at work, one taken
                    taken.set()
                yield number
        finally:
            closed.set()

    with overlapping(endless(), (lambda numbers: (n for n in numbers), 2), (iter, 2)) as items:
        assert next(items) == 0
        assert taken.wait(10)
    assert len(made) <= 8
    assert closed.wait(10)


def test_steps_run_at_the_same_time() -> None:
    """Each of three steps waits for the other two, with an item of its own."""
    meeting = threading.Barrier(3, timeout=10)

    def meet(numbers: Iterator[int]) -> Iterator[int]:
        for number in numbers:
            if number == 2:
                meeting.wait()
            yield number + 1

    with overlapping((n for n in meet(iter(range(5)))), (meet, 1), (meet, 1)) as items:
        assert list(items) == [number + 3 for number in range(5)]
