"""The vector index: two Chroma collections, made from the catalog and replaceable by it at any time.

What is open is a generation (generations.py). It is checked when it is opened, and against the catalog's last change
whenever it is asked; whatever is missing or damaged is made again from the catalog, without embedding anything.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assistant.embedding import Vectors
from assistant.errors import DataFolderError, IndexLockedError, VectorServerError
from assistant.filter import EVERYTHING, Filter
from assistant.store.aside import Aside, filled_aside
from assistant.store.catalog import Catalog
from assistant.store.chroma import Pair, VectorMatch, disconnect
from assistant.store.equal import alone, with_equal
from assistant.store.filtered import FilteredSearch
from assistant.store.generations import FolderGenerations, Generation, Generations, Growth
from assistant.store.lock import writer_lock
from assistant.store.newer import Newer
from assistant.store.rows import Kind
from assistant.store.whereabouts import generations_of, server_of

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

__all__ = ["VectorIndex", "VectorMatch"]

log = logging.getLogger("lagebild.store")

_PATIENCE = 60.0  # seconds after which it is tried again to write an index that could not be: each try copies all of it


class VectorIndex:
    """The passages and sentences of one data folder, by vector."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._data = folder
        self._catalog = catalog
        self._server = server_of(folder)
        self._generations: Generations = generations_of(folder)
        self._filtered = FilteredSearch(catalog)
        self._newer = Newer(catalog)
        self._guard = threading.RLock()  # no thread asks a generation that another one closes
        self._generation: Generation | None = None
        self._client: ClientAPI | None = None
        self._pair: Pair | None = None
        self._patient_until = 0.0

    # -- asking

    def near(
        self, vector: Vectors, passages: int, sentences: int, among: Filter = EVERYTHING
    ) -> tuple[list[VectorMatch], list[VectorMatch]]:
        """Up to so many passages and sentences near `vector` (shape (dimensions,)), nearest first.

        The id of a sentence is `report_id:number`. One that is a passage by itself is found where that is among the
        nearest passages, of which as many are looked at as sentences are asked for.
        """
        if among == EVERYTHING:
            return self._near(vector, passages, sentences)
        return (
            [VectorMatch(*found) for found in self._filtered.near("passages", vector, passages, among)],
            [VectorMatch(*found) for found in self._filtered.near("sentences", vector, sentences, among)],
        )

    def near_passages(self, vector: Vectors, count: int, among: Filter = EVERYTHING) -> list[VectorMatch]:
        """The passages alone."""
        return self.near(vector, count, 0, among)[0]

    def near_sentences(self, vector: Vectors, count: int, among: Filter = EVERYTHING) -> list[VectorMatch]:
        """The sentences alone."""
        return self.near(vector, 0, count, among)[1]

    def sentence_keys(self, among: Filter) -> npt.NDArray[np.int64]:
        """The sentences of the reports that a filter admits, by the catalog's own numbers, ascending."""
        return self._filtered.sentence_keys(among)

    def _near(self, vector: Vectors, passages: int, sentences: int) -> tuple[list[VectorMatch], list[VectorMatch]]:
        with self._guard:
            whole, told = self._stored(vector, max(passages, sentences), sentences)
            self._newer.follow(self._generation.change if self._generation is not None else 0)
            near_passages = self._with_equal("passages", whole, max(passages, sentences))
            near_sentences = self._with_equal("sentences", told, sentences)
            sentence_of = alone(self._catalog, [passage for passage, _ in near_passages])
            near_sentences += [(sentence_of[one], fit) for one, fit in near_passages if one in sentence_of]
            near_passages += self._newer.near("passages", vector, passages)
            near_sentences += self._newer.near("sentences", vector, sentences)
        return _nearest(near_passages, passages), _nearest(near_sentences, sentences)

    def _stored(self, vector: Vectors, passages: int, sentences: int) -> tuple[list[VectorMatch], list[VectorMatch]]:
        """What Chroma finds in the newest generation. It may be swept away meanwhile, for a newer one."""
        from chromadb.errors import ChromaError

        self.refresh()
        while self._pair is not None:
            asked = self._generation
            try:
                with self._generations.explained():
                    return self._pair.near(vector, passages, sentences)
            except ChromaError:
                self.refresh()
                if self._generation == asked:
                    raise
        return [], []

    def _with_equal(self, kind: Kind, matches: list[VectorMatch], count: int) -> list[tuple[str, float]]:
        """What Chroma has found, each with those that it stands for."""
        fits = {match.id: match.similarity for match in matches}
        equal = with_equal(self._catalog, kind, list(fits), count)
        return list(islice(((one, fits[record]) for record, own in equal.items() for one in own), count))

    # -- keeping up with the catalog

    def refresh(self) -> None:
        """Open the newest generation that holds, and make one from the catalog where none does.

        While another process is writing, or where nothing can be written, an older generation is good enough, or none:
        what the catalog has beyond it is compared in memory, and what it names and the catalog no longer has is passed
        over by the caller.
        """
        last = self._catalog.last_change()
        self._follow_place()
        self._open_published()
        if self._generation is not None and self._generation.change >= last:
            return
        if time.monotonic() < self._patient_until:
            return
        try:
            with writer_lock(self._data, "bringing the vector index up to date"):
                self._follow_place()
                self.catch_up()
                self._open_published()
        except VectorServerError:
            raise
        except IndexLockedError:
            log.debug("the vector index is behind the catalog while another process writes", exc_info=True)
        except DataFolderError as error:
            log.warning("Questions are slower: the vector index is behind the catalog. %s", error)
            self._patient_until = time.monotonic() + _PATIENCE

    def _follow_place(self) -> None:
        """Another process may have moved the index: to a server, from there, or to another one."""
        server = server_of(self._data)
        if server != self._server:
            self._close()
            self._server, self._generations = server, generations_of(self._data)

    def _open_published(self) -> None:
        """Open what is published, if it is another one and intact.

        A writer may publish the next generation, and sweep this one away, in the moment before it is opened.
        """
        from chromadb.errors import ChromaError

        stored = self._usable(self._generations.published())
        while stored is not None and stored != self._generation:
            try:
                self._open(stored)
            except (ChromaError, FileNotFoundError):
                self._close()
                newer = self._usable(self._generations.published())
                if newer == stored:
                    raise
                stored = newer

    def _usable(self, generation: Generation | None) -> Generation | None:
        if generation is None or generation == self._generation:
            return generation
        return generation if generation.fits(self._catalog) and self._generations.intact(generation) else None

    def catch_up(self) -> None:
        """Publish a generation that stands at the catalog's last change. The caller holds the write lock."""
        base = self._base()
        if base is None or base.change != self._catalog.last_change():
            with self._written():
                self._make_and_publish(base)

    @contextmanager
    def growing(self) -> Iterator[Callable[[Iterable[str]], None]]:
        """For a block in which reports are stored: each may be handed over by its id, and then need not be later.

        When the block is left, however it is, a generation is published that stands at the catalog's last change. The
        caller holds the write lock.
        """
        with ExitStack() as stack:
            growth: Growth | Aside | None = None

            def add(report_ids: Iterable[str]) -> None:
                nonlocal growth
                ids = list(report_ids)
                if growth is None and ids:
                    growth = stack.enter_context(self._grown_by_ingest(self._base()))
                if growth is not None:
                    growth.add(ids)

            def add_or_say(report_ids: Iterable[str]) -> None:
                nonlocal growth
                try:
                    with self._written():
                        add(report_ids)
                except KeyboardInterrupt:  # perhaps in the middle of a message: the next one is made without it
                    growth = None
                    raise

            try:
                yield add_or_say
            finally:
                if growth is None:
                    self.catch_up()
                else:
                    with self._written():
                        self._publish(growth.finish())

    def _grown_by_ingest(self, base: Generation | None) -> AbstractContextManager[Growth | Aside]:
        if isinstance(self._generations, FolderGenerations):
            return filled_aside(self._generations, base, self._catalog)
        return self._generations.grow(base, self._catalog)  # a server is another process as it is

    def rebuild(self, source: Catalog | None = None) -> None:
        """Make everything anew from the catalog, without embedding. The caller holds the write lock.

        `source` holds the same reports embedded anew. The catalog takes them over as soon as the vectors are ready.
        """
        with self._written():
            self._make_and_publish(None, source)

    def retract(self) -> None:
        """Let nothing of what is published be used again. The caller holds the write lock."""
        with self._guard:
            self._close()
            self._generations.retract()

    def _base(self) -> Generation | None:
        """What is published, if the next one can be made from it."""
        published = self._generations.published()
        # What is open was intact then; files may have been damaged since, so it is looked at again before it is copied.
        sound = published is not None and published.fits(self._catalog) and self._generations.intact(published)
        return published if sound else None

    def _make_and_publish(self, base: Generation | None, source: Catalog | None = None) -> None:
        with self._generations.grow(base, source or self._catalog) as growth:
            generation = growth.finish()
        if source is not None:
            self._catalog.take_over(source)
            generation = replace(generation, change=self._catalog.last_change())
        self._publish(generation)

    def _publish(self, generation: Generation) -> None:
        """Who asks will open it. Who only writes would load all of Chroma for it, which takes a second."""
        self._generations.publish(generation)
        self._generations.sweep(generation)

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            with self._generations.explained():
                yield
        except Exception as error:
            from chromadb.errors import ChromaError  # not before: it loads all of Chroma

            if not isinstance(error, (OSError, sqlite3.Error, ChromaError)):
                raise
            reason = getattr(error, "strerror", None) or error  # not the paths of its files as well
            raise DataFolderError(
                f"{self._data}: the vector index cannot be written ({reason}). What the catalog holds is safe. "
                "Look at the folder's permissions and at the free space of its disk; the next command tries again."
            ) from error

    # -- looking after it

    def differences(self) -> Iterator[str]:
        """How the published generation differs from the catalog, in words. Nothing is mended."""
        with self._guard:
            published = self._generations.published()
            if published is None:
                yield "there is no vector index, or its description cannot be read"
            elif not published.fits(self._catalog):
                yield "the vector index was made with another model or other rules than the catalog"
            elif not self._generations.intact(published):
                yield "files of the vector index are missing or damaged"
            else:
                if published.change != self._catalog.last_change():
                    yield f"the vector index stands at change {published.change} of {self._catalog.last_change()}"
                if published != self._generation:
                    self._open(published)
                if self._pair is not None:
                    with self._generations.explained():
                        yield from self._pair.differences(self._catalog)

    # -- life

    def close(self) -> None:
        """Let go of the open generation."""
        with self._guard:
            self._close()

    def _open(self, generation: Generation) -> None:
        self._close()
        self._client, self._pair = self._generations.open(generation)
        self._generation = generation

    def _close(self) -> None:
        if self._client is not None:
            disconnect(self._client)
        self._client = self._pair = self._generation = None


def _nearest(found: Iterable[tuple[str, float]], count: int) -> list[VectorMatch]:
    best = sorted(dict(found).items(), key=lambda one: -one[1])
    return [VectorMatch(*one) for one in best[:count]]
