"""A Chroma server in place of the embedded one: the same answers, verify and rebuild; and what if it is gone."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.errors import SettingsError, VectorServerError
from assistant.store import VectorIndex, choose_place, forget, verify
from assistant.store.catalog import Catalog
from assistant.store.chroma import connect_server, disconnect
from tests.assistant.test_vectors import assert_complete
from tests.command import run
from tests.helpers import make_report, numbered_report


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def chroma_run(folder: Path, port: int) -> Iterator[str]:
    """A real `chroma run` on loopback, until the block ends."""
    chroma = Path(sys.executable).with_name("chroma")
    command = [str(chroma), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not listens(port):
                assert process.poll() is None, "it has ended before it listened"
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_run(tmp_path_factory.mktemp("server"), free_port()) as url:
        yield url


def names(url: str) -> set[str]:
    client = connect_server(url)
    try:
        return {collection.name for collection in client.list_collections()}
    finally:
        disconnect(client)


def test_it_answers_follows_verifies_rebuilds_and_forgets_as_the_embedded_one(tmp_path: Path, server: str) -> None:
    data, before = tmp_path / "data", names(server)
    choose_place(data, server)
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(12)])
        assert assistant.ask("Which convoy crossed the river near the old bridge?").citations
        assert_complete(data)
        assert verify(data).problems == ()
        mine = names(server) - before
        assert len(mine) == 2
        assistant.ingest([numbered_report(12), make_report("A new one. It is short.")])
        assert len(assistant.retrieve("convoy", 50)) == 14
        assert names(server) - before == mine  # it has grown in place
        assert verify(data).found == 14
        forget(data, [numbered_report(3).id])
        assert len(assistant.retrieve("convoy", 50)) == 13
        others = names(server) - before
        assert len(others) == 2
        assert not others & mine
    assert not list((data / "vectors").glob("*/chroma.sqlite3"))
    assert verify(data).problems == ()
    for path in (data, *data.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_what_the_server_has_lost_is_told_and_made_again(tmp_path: Path, server: str) -> None:
    data = tmp_path / "data"
    choose_place(data, server)
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(6)])
    name = json.loads((data / "vectors" / "server.json").read_text("utf-8"))["name"]
    client = connect_server(server)
    sentences = client.get_collection(f"{name}sentences", embedding_function=None)
    sentences.delete(ids=sentences.get(limit=2)["ids"])
    assert any("missing or damaged" in problem for problem in verify(data).problems)
    assert_complete(data)
    assert verify(data).problems == ()
    for collection in client.list_collections():
        if collection.name.startswith(name.rpartition("-")[0].rpartition("-")[0]):
            client.delete_collection(collection.name)
    disconnect(client)
    assert verify(data).problems
    with Catalog(data / "catalog.sqlite") as catalog:
        vectors = VectorIndex(data, catalog)
        vectors.rebuild()
        vectors.close()
    assert verify(data).problems == ()


def test_the_index_moves_to_the_server_and_back(tmp_path: Path, server: str) -> None:
    data, before = tmp_path / "data", names(server)
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(5)])
    choose_place(data, server)
    assert not list((data / "vectors").iterdir())
    assert_complete(data)
    assert len(names(server) - before) == 2
    choose_place(data, f"{server}/")  # the same
    assert len(names(server) - before) == 2
    choose_place(data, "embedded")
    assert names(server) == before
    assert_complete(data)
    assert verify(data).problems == ()


def test_rebuilding_moves_it_where_the_option_says_and_makes_no_folder(tmp_path: Path, server: str) -> None:
    data, before = tmp_path / "data", names(server)
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(5)])
    assert run("rebuild", "--chroma", server, "--data", data).returncode == 0
    assert len(names(server) - before) == 2
    assert verify(data).problems == ()
    assert run("rebuild", "--chroma", "embedded", "--data", data).returncode == 0
    assert names(server) == before
    assert verify(data).problems == ()
    assert run("rebuild", "--chroma", server, "--data", tmp_path / "dta").returncode == 1
    assert not (tmp_path / "dta").exists()


def test_a_running_reader_follows_the_index_to_where_it_moves(tmp_path: Path, server: str) -> None:
    data, before = tmp_path / "data", names(server)
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(5)])
        assert len(assistant.retrieve("convoy", 50)) == 5
        choose_place(data, server)
        assert len(assistant.retrieve("convoy", 50)) == 5
        assert not list((data / "vectors").glob("*/chroma.sqlite3"))
        assert len(names(server) - before) == 2
        choose_place(data, "embedded")
        assert len(assistant.retrieve("convoy", 50)) == 5
        assert names(server) == before
    assert verify(data).problems == ()


def test_a_server_that_is_gone_is_told_loses_nothing_and_is_caught_up_with(tmp_path: Path) -> None:
    data, folder, port = tmp_path / "data", tmp_path / "server", free_port()
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        with chroma_run(folder, port) as url:
            choose_place(data, url)
            assistant.ingest([numbered_report(number) for number in range(4)])
            assert len(assistant.retrieve("convoy", 50)) == 4
        with pytest.raises(VectorServerError, match=rf"{url}: the Chroma server does not answer .*chroma run"):
            assistant.retrieve("convoy")
        with pytest.raises(VectorServerError, match="safe in the catalog"):
            assistant.ingest([numbered_report(4)])
        with pytest.raises(VectorServerError):
            verify(data)
        with pytest.raises(VectorServerError):  # its records would stay there
            choose_place(data, "embedded")
        with chroma_run(folder, port):
            assert len(assistant.retrieve("convoy", 50)) == 5
            assert verify(data).problems == ()
        shutil.rmtree(folder)
        with chroma_run(folder, port):  # another server at the same address, which has nothing
            assistant.close()
            assert len(assistant.retrieve("convoy", 50)) == 5
            assert verify(data).problems == ()


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "localhost:8000", "http://", "http://[::1", "http://127.0.0.1:x", ""]
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="chroma is"):
        choose_place(tmp_path / "data", url)
