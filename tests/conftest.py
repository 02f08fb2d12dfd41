"""Fixtures that load the real model once a session, and small ones that need no model."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from assistant import Assistant, Settings
from assistant.embedding import Embedder, WordLengthEmbedder
from assistant.gazetteer import GeoNames, open_gazetteer
from tests.command import loaded_once
from tests.helpers import EXAMPLES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Read when the hub's client is first imported: names that are no folder are not looked up, nor waited for.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# One profile everywhere: nothing fails for being slow on a machine that does much else.
hypothesis.settings.register_profile(
    "lagebild",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("lagebild")


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real embedded model."""
    return loaded_once(Settings.from_environment())


@pytest.fixture(scope="session")
def gazetteer() -> GeoNames:
    """The real gazetteer."""
    return open_gazetteer(Settings.from_environment().cache)


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A data folder that holds the example reports, made with the real model. To be copied, never opened: who reads the
    files of a database that this process has open lets go of its locks (sqlite.org/howtocorrupt.html, 2.2)."""
    data = tmp_path_factory.mktemp("sample")
    with Assistant(data, embedder=embedder) as assistant:
        result = assistant.ingest([EXAMPLES])
    assert not result.refused
    return data


@pytest.fixture(scope="session")
def sample_index(sample_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, to be opened; never written, and its files never read."""
    return Path(shutil.copytree(sample_files, tmp_path_factory.mktemp("opened") / "sample"))


@pytest.fixture(scope="session")
def sample(sample_index: Path, embedder: Embedder) -> Iterator[Assistant]:
    """An assistant over the example reports."""
    with Assistant(sample_index, embedder=embedder) as assistant:
        yield assistant


@pytest.fixture
def chance() -> random.Random:
    """Chance, whose seed is printed; LAGEBILD_SEED repeats a run."""
    seed = int(os.environ.get("LAGEBILD_SEED") or random.SystemRandom().randrange(2**32))
    print(f"LAGEBILD_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Assistant]:
    """An assistant without a model, over a data folder that does not exist yet."""
    with Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    """A running chat over the `assistant` that a module of tests has."""
    from tests.browser import serving

    with serving(assistant) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; of a module and no longer, because its driver runs an event loop that asynchronous tests would meet."""
    from tests.browser import launched

    with launched() as browser:
        yield browser
