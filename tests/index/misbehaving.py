"""A reader that does what the file says: it crashes, hangs, eats memory, floods, or prints."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator

from assistant.dates import PartialDate
from index.readers.draft import Draft, Member, RawFile, Unreadable

__all__ = ["read"]


def _draft(file: RawFile, text: str) -> Draft:
    return Draft(file.origin, file.digest, text, "T", PartialDate(2017, 11), None, None, None, "utf-8")


def read(file: RawFile) -> Iterator[Draft | Member]:  # noqa: PLR0912 - an order a branch
    order = file.data.decode()
    yield _draft(file, "First.")
    if order == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif order == "exit":
        os._exit(3)
    elif order == "hang":
        time.sleep(600)
    elif order == "compute":
        while True:
            pass
    elif order == "eat":
        eaten = [bytearray(50_000_000) for _ in range(1_000)]
        yield _draft(file, str(len(eaten)))
    elif order == "recurse":
        yield from read(file)
    elif order == "flood":
        yield _draft(file, "x" * 80_000_000)
    elif order == "write":
        file.path.with_name("written").write_bytes(b"x")
    elif order == "raise":
        raise ZeroDivisionError("by a parser")
    elif order == "refuse":
        raise Unreadable("it is no report")
    elif order == "print":
        print("to the output")
        print("to the errors", file=sys.stderr)
    elif order == "surrogate":
        yield _draft(file, "half a character: \ud800")
    yield _draft(file, "Last.")
