"""What the tests of several readers share."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.index.web import Server, Web


@pytest.fixture
def web() -> Iterator[Web]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Web(server)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
