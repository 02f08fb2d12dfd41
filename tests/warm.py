"""For the process that others are forked from: whoever imports this has imported what a server and a writer need.

Much is imported only when it is first used: else each writer did that, and most of its steps were that.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import chromadb.api.rust
import chromadb.telemetry.product.posthog  # noqa: F401

import app  # noqa: F401
from assistant.store import Catalog
from tests.helpers import make_report, put

with TemporaryDirectory() as scratch, Catalog(Path(scratch) / "catalog.sqlite", create=True) as catalog:
    put(catalog, make_report(), "warm")
