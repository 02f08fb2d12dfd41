"""Starts this interpreter a second time, with a pipe to it. Knows nothing of what either end says."""

from __future__ import annotations

import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

__all__ = ["started"]


def started(module: str, *numbers: int) -> tuple[Connection, subprocess.Popen[bytes]]:
    """A process that runs `main` of this module, with the descriptor of its end of the pipe and these numbers.

    Not by multiprocessing, which would run the caller's program again. What it prints goes nowhere, and Ctrl-C does not
    reach it: it is to end when its pipe does.
    """
    here, there = Pipe()
    arguments = ", ".join(map(str, (there.fileno(), *numbers)))
    program = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parents[1])!r}, *{sys.path!r}]; "
        f"from {module} import main; main({arguments})"
    )
    process = subprocess.Popen(  # noqa: S603 - this interpreter, with code from here
        [sys.executable, "-P", "-c", program],
        pass_fds=[there.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    there.close()
    return here, process
