"""Where a data folder has its vector index: in itself, or on a Chroma server. The folder remembers.

So every command finds the same one, and `forget` forgets there too.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import DataFolderError, SettingsError
from assistant.store.generations import FolderGenerations, Generations
from assistant.store.lock import writer_lock
from assistant.store.servers import ServerGenerations

__all__ = ["EMBEDDED", "choose_place", "generations_of", "server_of"]

EMBEDDED = "embedded"
"""In place of an address: Chroma inside of this process, with its files in the data folder."""

_FILE = "chroma.json"


def server_of(data: Path) -> tuple[str, str] | None:
    """The address of the server that has the vector index, and how its collections' names begin.

    None where it is in the data folder.
    """
    try:
        match json.loads((data / _FILE).read_text("utf-8")):
            case {"url": str(url), "name": str(name)}:
                return url, name
    except FileNotFoundError:
        return None
    except ValueError:
        pass
    raise DataFolderError(
        f"{data / _FILE}: it does not say where the vector index is. Remove this file, and name the Chroma server "
        "again with --chroma if there is one."
    )


def generations_of(data: Path) -> Generations:
    """The place of the vector index."""
    server = server_of(data)
    if server is None:
        return FolderGenerations(data / "vectors")
    return ServerGenerations(*server, data / "vectors" / "server.json")


def _names_a_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def choose_place(data: Path, url: str) -> None:
    """From now on, the vector index is on the server at `url`, or in the data folder (`EMBEDDED`).

    It is made there from the catalog when it is opened next, without embedding, and removed from where it was: that
    server has to answer. Takes the write lock where something changes.
    """
    wanted = None if url == EMBEDDED else url.rstrip("/")
    if wanted is not None and not _names_a_server(wanted):
        raise SettingsError(f"chroma is {url!r}. Name a server, such as http://127.0.0.1:8000, or say {EMBEDDED!r}.")
    present = server_of(data)
    if (present[0] if present else None) == wanted:
        return
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with writer_lock(data, "moving the vector index", wait=2):
        before = generations_of(data)
        before.sweep(None)
        before.retract()
        if wanted is None:
            (data / _FILE).unlink()
            return
        scratch = data / f"{_FILE}.new"
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"url": wanted, "name": f"lagebild-{secrets.token_hex(6)}"}, file)
        scratch.replace(data / _FILE)
