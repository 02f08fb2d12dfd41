"""The catalog as a file: opened, migrated, shared between threads, checked, copied and cleaned.

Knows SQLite; knows nothing of the rows (catalog.py).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from assistant.errors import (
    CatalogDamagedError,
    DataFolderError,
    IndexLockedError,
    IndexMismatchError,
    LagebildError,
)
from assistant.store.lock import writer_lock
from assistant.store.schema import APPLICATION_ID, SCHEMA_VERSION, migration

__all__ = ["Database"]


def _is_locked(error: sqlite3.DatabaseError) -> bool:
    """Whether another's transaction went on for longer than was waited. What Python raises by itself has no code."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(eq=False)
class _Held:
    """A thread's connection, how many of its uses are under way, and whether it is to close with the last of them.

    `seal` is as `Database._seal` says: what the connection does not look for by itself.
    """

    connection: sqlite3.Connection
    thread: threading.Thread
    seal: tuple[int, int] | None
    uses: int = 0
    closing: bool = False


class Database:
    """One SQLite file. Safe to share between threads; a context manager."""

    _PATIENCE = 30.0  # seconds for which another one's transaction is waited for

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open `path`; with `create`, make it where it is absent. Files are readable by their owner alone.

        A catalog of an older version is brought to the current one, in one transaction. The caller of `create` holds
        the write lock; without `create` it is taken for that moment (IndexLockedError where another process has it).
        """
        self.path = path
        self._local = threading.local()
        self._held: set[_Held] = set()
        self._guard = threading.RLock()  # a generator that is let go of ends wherever its thread happens to be
        if not path.exists():
            if not create:
                raise DataFolderError(
                    f"{path.parent}: there is no index here. Make one: lagebild ingest PATH --data {path.parent}"
                )
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._explained():
            self._prepare(create)

    # -- opening and closing

    def _prepare(self, create: bool) -> None:
        connection = self._connection
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables == 0 and create:
            connection.execute("PRAGMA journal_mode = WAL")
            self._migrate()
        elif application != APPLICATION_ID:
            raise CatalogDamagedError(
                f"{self.path}: this file is not a Lagebild catalog. Name another data folder with --data."
            )
        elif self._version() > SCHEMA_VERSION:
            raise IndexMismatchError(
                f"{self.path}: the catalog has schema version {self._version()}, this program reads up to "
                f"{SCHEMA_VERSION}. Use the version of Lagebild that made it, or a newer one."
            )
        elif self._version() < SCHEMA_VERSION and create:
            self._migrate()
        elif self._version() < SCHEMA_VERSION:
            with writer_lock(self.path.parent, f"bringing the catalog to version {SCHEMA_VERSION}", wait=2):
                self._migrate()

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _migrate(self) -> None:
        """Bring the catalog to the current version, wholly or not at all; nothing where another did it meanwhile."""
        if self._version() == SCHEMA_VERSION:
            return
        try:
            self._connection.executescript(migration(self._version()))
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Everything that uses `_connection` does it in here."""
        try:
            with self._in_use():
                yield
        except UnicodeEncodeError as error:  # of an argument in bytes that are no UTF-8, say
            raise LagebildError(
                f"{error.object!r}: there is half a character in this, which nothing here is called. Write it in UTF-8."
            ) from error
        except sqlite3.DatabaseError as error:
            if _is_locked(error):
                raise IndexLockedError(
                    f"{self.path}: somebody else is writing to the catalog. Wait until that is done, then try again."
                ) from error
            if isinstance(error, sqlite3.OperationalError):
                raise DataFolderError(
                    f"{self.path}: the catalog cannot be used ({error}). "
                    "Look at the folder's permissions and at the free space of its disk."
                ) from error
            raise CatalogDamagedError(
                f"{self.path}: the catalog is damaged ({error}). Put it back from a backup, "
                "or ingest the reports into a new data folder."
            ) from error

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Nobody closes this thread's connection meanwhile."""
        held = self._of_this_thread()
        try:
            yield
        finally:
            with self._guard:
                held.uses -= 1
                if held.closing and not held.uses:
                    held.connection.close()

    @property
    def _connection(self) -> sqlite3.Connection:
        held: _Held = self._local.held
        return held.connection

    def _of_this_thread(self) -> _Held:
        """This thread's connection, with one use more."""
        before: _Held | None = getattr(self._local, "held", None)
        with self._guard:
            if before is not None and (before.uses or not (before.closing or self._is_behind(before))):
                before.uses += 1
                return before
        seal = self._seal()
        held = self._local.held = _Held(self._connect(seal is not None), threading.current_thread(), seal, uses=1)
        with self._guard:
            # A server's threads come and go: what those have left behind would use up the files that it may open.
            over = [other for other in self._held if other is before or not other.thread.is_alive()]
            for left in [other for other in over if not other.uses]:
                left.connection.close()
                self._held.remove(left)
            self._held.add(held)
        return held

    def _connect(self, sealed: bool) -> sqlite3.Connection:
        address = self.path.absolute().as_uri() + ("?immutable=1" if sealed else "")
        connection = sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False, timeout=self._PATIENCE
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        # SQLite's own lower() knows the letters of English alone.
        connection.create_function("casefold", 1, str.casefold, deterministic=True)
        return connection

    def _seal(self) -> tuple[int, int] | None:
        """What the file is like, where it can only be read, and is complete without its log: SQLite must not look for
        one then, and takes the file for one that nobody changes. None where it looks by itself."""
        log = self.path.with_name(f"{self.path.name}-wal")
        if os.access(self.path.parent, os.W_OK) or (log.exists() and log.stat().st_size) or not self.path.exists():
            return None
        found = self.path.stat()
        return found.st_mtime_ns, found.st_size

    def _is_behind(self, held: _Held) -> bool:
        """Whether the connection does not know that somebody has written, who reaches the file by another way."""
        return held.seal is not None and held.seal != self._seal()

    def close(self) -> None:
        """Close the connections of all threads: one that is being used, which must not be, with its last use."""
        with self._guard:
            for held in self._held:
                held.closing = True
                if not held.uses:
                    held.connection.close()
            self._held.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """What a query finds; for the modules that know the tables."""
        with self._explained():
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._explained():
            connection = self._connection
            connection.execute(f"BEGIN {kind}")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    # -- looking after the file

    def damage(self) -> Iterator[str]:
        """What is wrong with the file, in words: pages, indexes, references and the full-text index.

        Reads everything. Changes nothing, but waits for a writer.
        """
        with self._explained():
            connection = self._connection
            for (verdict,) in connection.execute("PRAGMA integrity_check(10)").fetchall():
                if verdict != "ok":
                    yield f"the catalog's file is damaged: {verdict}"
            for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchall():
                yield f"row {row} of the catalog's table {table} belongs to a row of {parent} that is not there"
            try:
                connection.execute("INSERT INTO lexicon (lexicon) VALUES ('integrity-check')")
            except sqlite3.DatabaseError as error:
                if _is_locked(error):
                    raise
                yield f"the catalog's full-text index is damaged: {error}"

    def scrub(self) -> None:
        """Leave no byte of what was deleted in the file: not in the full-text index, a free page or the log.

        Takes about the time that copying the file takes, and as much free space. Raises DataFolderError where a reader
        keeps the log in use.
        """
        with self._explained():
            connection = self._connection
            connection.execute("INSERT INTO lexicon (lexicon) VALUES ('optimize')")
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise DataFolderError(
                f"{self.path}: what was deleted is still in the log, because another process is reading. "
                "Do the same again in a minute, or stop the server first."
            )

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy to `path`, for its owner alone; others may read and write meanwhile."""
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with self._explained(), closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)

    def overwrite_with(self, other: Database) -> None:
        """Take over everything that the other file holds, in one transaction. The caller holds the write lock."""
        with self._explained():
            other._connection.backup(self._connection)
