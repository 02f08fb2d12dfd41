"""The command line: a thin formatter of what the assistant and the build give. The one place that prints.

Exit codes: 0 done; 1 an error, told on standard error; 2 the command was called wrongly; 3 some files were not
ingested, or some lines not asked; 4 the reports do not say; 5 what is stored is not whole; 6 measured worse than
before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from assistant.cli import (
    ask,
    care,
    chat,
    evaluate,
    fetch,
    ingest,
    serve,
)  # each adds its commands to the application, in this order of --help
from assistant.cli.shared import EXIT_ERROR, Terminal, app
from assistant.errors import LagebildError

__all__ = ["ask", "care", "chat", "evaluate", "fetch", "ingest", "main", "serve"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, with the arguments of the process where none are given.

    A LagebildError becomes one line on standard error and exit code 1.
    """
    # Nothing that Lagebild does needs these libraries' own progress bars, warnings or reports home.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    try:
        app(args=arguments)
    except LagebildError as error:
        Terminal(stderr=True).print(f"Error: {error}", style="red", soft_wrap=True)
        sys.exit(EXIT_ERROR)
