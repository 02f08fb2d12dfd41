"""How often each fault is made, and where chance comes from."""

from __future__ import annotations

import os
import random

import pytest

SOAK = bool(os.environ.get("LAGEBILD_SOAK"))


def runs(short: int, soak: int) -> int:
    """How often: in `make test`, and in `make soak`."""
    return soak if SOAK else short


@pytest.fixture
def chance() -> random.Random:
    """Chance, whose seed is printed; LAGEBILD_SEED repeats a run."""
    seed = int(os.environ.get("LAGEBILD_SEED") or random.SystemRandom().randrange(2**32))
    print(f"LAGEBILD_SEED={seed}")
    return random.Random(seed)
