"""Which files there are, and what is known of them already. Knows paths and origins; reads no report."""

from __future__ import annotations

import errno
import os
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from assistant.errors import ReportError
from assistant.store import FileStamp, Origin
from index.readers import SUFFIXES, FieldMap, is_readable, printable, resolved

__all__ = ["Disk", "Memory", "find_files", "stamp"]

_RULES = "4"  # to be raised where readers find more in a file than they did: all are then read once more
_LONGEST_PATH = 4 * 4096  # characters: no system knows a longer one, each of its bytes written as \xNN
_SETTLED = 2_000_000_000  # nanoseconds: a file written later than so long ago may be written again in the same instant


class Disk:
    """Where the files lie of which origins tell. There, a byte of a name that is no UTF-8 is written as \\xNN.

    It looks into each folder once, so it is for one go.
    """

    def __init__(self) -> None:
        self._names: dict[Path, dict[str, Path]] = {}  # by folder: what is in it, by its name as it is told

    def path(self, told: str) -> Path:
        """The path of which is told; it need not lead to anything. Raises OSError where its folder cannot be seen."""
        if "\\x" not in told or os.path.lexists(told):
            return Path(told)
        name, folder = Path(told).name, self.path(str(Path(told).parent))
        if "\\x" in name and folder not in self._names:
            self._names[folder] = {printable(path.name): path for path in folder.iterdir()}
        return self._names.get(folder, {}).get(name, folder / name)

    def may_hold(self, told: str) -> bool:
        """Whether there is something; True also where that cannot be seen."""
        try:
            os.lstat(self.path(told))
        except OSError as error:
            return error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
        return True


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[ReportError]]:
    """Files named, and readable files below folders named, each once, in order; and what cannot be read.

    Below a folder, hidden files and files of other kinds are passed over; a file that is named itself is kept,
    so that its reader says what is wrong with it. What is named as an origin tells of it is found as well.
    """
    disk = Disk()
    files: dict[Path, None] = {}
    problems: list[ReportError] = []
    for told in paths:
        try:
            files.update(dict.fromkeys(_named(disk.path(str(told)))))
        except OSError as error:
            reason = f"it cannot be found ({error.strerror}). Look at the spelling of the path."
            problems.append(ReportError(printable(str(told)), reason))
        except ReportError as error:
            problems.append(error)
    return list(files), problems


def _named(path: Path) -> list[Path]:
    """The file, or the readable files below the folder; a ReportError where there is none."""
    if path.is_dir():
        inside = sorted(
            p
            for p in path.rglob("*")
            if is_readable(p.name)
            and p.is_file()
            and not any(part.startswith(".") for part in p.relative_to(path).parts)
        )
        if not inside:
            raise ReportError(
                printable(str(path)),
                f"no report in this folder. It reads files ending in {', '.join(sorted(SUFFIXES))}.",
            )
        return [p.resolve() for p in inside]
    if path.exists():
        return [path.resolve()]
    address = str(path).startswith(("http:/", "https:/"))  # a path has but one of its slashes
    hint = "An address is brought in by: lagebild fetch" if address else "Look at the spelling of the path"
    raise ReportError(printable(str(path)), f"there is no such file or folder. {hint}.")


def stamp(path: Path, fields: FieldMap | None, now: int) -> FileStamp | None:
    """By what a file is known without being read; None where there is none, or where it may just be being written.

    `now` is in nanoseconds since 1970; `fields` is the mapping that it is read by, if not by one that lies beside it.
    """
    beside = path.with_name(f"{path.name}.toml")
    try:
        found = path.stat()
        if beside.is_file():  # it wins over the one that is named
            mapping = beside.stat()
            read_by = f"{mapping.st_size} bytes, {mapping.st_mtime_ns}"
            newest = max(found.st_mtime_ns, mapping.st_mtime_ns)
        else:
            read_by, newest = fields.to_json() if fields is not None else "", found.st_mtime_ns
    except OSError:  # its reader will say so
        return None
    if newest > now - _SETTLED:
        return None
    return FileStamp(resolved(path), found.st_size, found.st_mtime_ns, f"{_RULES} {read_by}".rstrip())


class Memory:
    """What the catalog remembers of origins and files, and what has been seen since."""

    def __init__(self, origins: Mapping[str, str], files: Iterable[FileStamp]) -> None:
        self._digests = dict(origins)
        self._files = set(files)
        self._before = sorted(origins)

    def has(self, origin: str) -> bool:
        """Whether a report came from there before."""
        return origin in self._digests

    def knows(self, origin: Origin) -> bool:
        """Whether the same bytes came from there before."""
        return self._digests.get(origin.origin) == origin.digest

    def remember(self, origin: Origin) -> None:
        """From now on, it is known."""
        self._digests[origin.origin] = origin.digest

    def unchanged_in(self, file: FileStamp | None) -> list[str]:
        """The origins in a file that is as it was when it was read; none where it has to be read."""
        return self._origins_in(file.path) if file is not None and file in self._files else []

    def gone_from(self, file: str, there: Collection[str]) -> list[str]:
        """Origins of records that the file held before (`file#3`), and that are not among those which are `there`.

        What is of another file is none of them, although its name may begin so (`file#3.txt`).
        """
        disk = Disk()
        return [
            origin
            for origin in self._records_of(file)
            if origin not in there
            and not any(disk.may_hold(other) for other in _files_of(origin) if len(other) > len(file))
        ]

    def vanished(self, folders: Iterable[Path]) -> list[str]:
        """Origins below these folders whose file is not there any more.

        A file that cannot be looked at, or is only hidden or renamed to another kind, is still there.
        """
        roots = tuple(f"{resolved(folder).rstrip('/')}/" for folder in folders)
        below = [origin for origin in self._digests if origin.startswith(roots)] if roots else []
        disk = Disk()
        return [origin for origin in below if not any(map(disk.may_hold, _files_of(origin)))]

    def _origins_in(self, file: str) -> list[str]:
        return ([file] if file in self._digests else []) + self._records_of(file)

    def _records_of(self, file: str) -> list[str]:
        """A record's origin is its file's and "#" and a place; in the order of characters, "$" follows "#"."""
        return self._before[bisect_left(self._before, f"{file}#") : bisect_left(self._before, f"{file}$")]


def _files_of(origin: str) -> Iterator[str]:
    """What may be the path of its file: what stands before any "#", and the whole."""
    at = origin.find("#")
    while 0 <= at < _LONGEST_PATH:
        yield origin[:at]
        at = origin.find("#", at + 1)
    if len(origin) < _LONGEST_PATH:
        yield origin
