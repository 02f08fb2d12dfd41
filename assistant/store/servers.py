"""The vector index on a Chroma server (`chroma run`), in place of Chroma inside of this process.

A generation is two collections whose names begin alike. The server keeps them; which one is published stands in the
data folder, beside the catalog that it is made from. Where little has changed, a generation grows in place: its readers
pass over what they cannot find in the catalog, and a writer that was stopped leaves another number of records than was
published, upon which everything is made anew. Knows Chroma's server; knows nothing of files of the index or of locks.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import VectorServerError
from assistant.store.catalog import Catalog
from assistant.store.chroma import SERVER_HNSW, Pair, connect_server, disconnect
from assistant.store.generations import Generation, Growth, made_with, read_description, write_description

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

__all__ = ["ServerGenerations"]

_PROBED = 20  # records of each collection that are looked for by their own vectors when a generation is opened


class ServerGenerations:
    """Generations as collections of the server at `url`; their names begin with `name`, which no other folder has."""

    def __init__(self, url: str, name: str, description: Path) -> None:
        self._url = url
        self._name = name
        self._description = description

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turns what happens when the server does not answer into a VectorServerError that says what to do."""
        import httpx
        from chromadb.errors import ChromaError

        try:
            yield
        except (httpx.HTTPError, ChromaError) as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> VectorServerError:
        return VectorServerError(
            f"{self._url}: the Chroma server does not answer as it should ({error}). Start it (chroma run), or look at "
            "what it says. The reports are safe in the catalog; nothing has to be ingested again."
        )

    def _connect(self) -> ClientAPI:
        try:
            return connect_server(self._url)
        except ValueError as error:  # Chroma's own, where nothing listens there
            raise self._error(error) from error

    @contextmanager
    def _connected(self) -> Iterator[ClientAPI]:
        client = self._connect()
        try:
            yield client
        finally:
            disconnect(client)

    def published(self) -> Generation | None:
        """What the description names, if it is of this server."""
        found = read_description(self._description)
        return found if found is not None and found.hashes == {"server": self._url} else None

    def intact(self, generation: Generation) -> bool:
        """Count its records, and look for some of them: a server that was killed may have lost vectors silently."""
        from chromadb.errors import NotFoundError

        with self.explained(), self._connected() as client:
            try:
                pair = Pair.open(client, generation.name)
                return pair.count() == generation.records and pair.finds_itself(_PROBED)
            except NotFoundError:
                return False

    def open(self, generation: Generation) -> tuple[ClientAPI, Pair]:
        """Its collections."""
        client = self._connect()
        try:
            return client, Pair.open(client, generation.name)
        except BaseException:
            disconnect(client)
            raise

    @contextmanager
    def grow(self, base: Generation | None, source: Catalog) -> Iterator[Growth]:
        """Fill new collections, or those of the base."""
        name = f"{self._name}-{secrets.token_hex(4)}-" if base is None else base.name
        with self._connected() as client:
            with self.explained():
                pair = Pair.create(client, name, SERVER_HNSW)
                if base is not None:  # what a writer that was stopped has left
                    pair.remove(source, source.changed_since(base.change))

            def finish(change: int, _: bool) -> Generation:
                with self.explained():
                    return Generation(name, change, made_with(source), pair.count(), {"server": self._url})

            yield Growth(pair, base, source, finish)

    def publish(self, generation: Generation) -> None:
        """Name it in the description."""
        self._description.parent.mkdir(mode=0o700, exist_ok=True)
        write_description(self._description, generation)

    def retract(self) -> None:
        """Remove the description."""
        self._description.unlink(missing_ok=True)

    def sweep(self, keep: Generation | None) -> None:
        """Delete the other collections of this data folder."""
        with self.explained(), self._connected() as client:
            for collection in client.list_collections():
                own = collection.name.startswith(f"{self._name}-")
                if own and (keep is None or not collection.name.startswith(keep.name)):
                    client.delete_collection(collection.name)
