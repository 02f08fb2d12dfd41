"""How often each fault is made."""

from __future__ import annotations

import os

SOAK = bool(os.environ.get("LAGEBILD_SOAK"))


def runs(short: int, soak: int) -> int:
    """How often: in `make test`, and in `make soak`."""
    return soak if SOAK else short
