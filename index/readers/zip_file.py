"""Unpacks ZIP archives: each file in them that is of a kind that can be read. Names in them are never used as paths."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from assistant.errors import ReportError
from index.readers.decoding import clean
from index.readers.draft import Member, RawFile, Unreadable
from index.readers.formats import is_container, is_readable
from index.readers.record import unused

__all__ = ["read"]

_CHUNK = 256 * 1024
_RATIO = 200  # times the packed size; text packs 3 to 50 times smaller
_SMALL = 1_000_000  # bytes, below which any ratio is harmless


def read(file: RawFile) -> Iterator[Member | ReportError]:
    """The files in the archive, in its order. As in a folder, hidden files and other kinds are passed over."""
    seen: set[int] = set()
    try:
        with zipfile.ZipFile(file.path) as archive:
            for number, entry in enumerate(archive.infolist(), start=1):
                name = clean(entry.filename)
                parts = PurePosixPath(name).parts
                if entry.is_dir() or not is_readable(name) or any(map(_is_hidden, parts)):
                    continue
                place = unused(seen, name, str(number))
                refusal = _refusal(entry, name)
                if refusal is not None:
                    yield ReportError(f"{file.origin}#{place}", refusal)
                else:
                    yield Member(parts[-1], place, _chunks(archive, entry))
    except zipfile.BadZipFile as error:
        raise Unreadable(f"it is a damaged ZIP archive ({error}); unpack it with a program that repairs it") from error
    if not seen:
        raise Unreadable("there is no report in this archive")


def _is_hidden(part: str) -> bool:
    return part == "__MACOSX" or (part.startswith(".") and part.strip(".") != "")


def _refusal(entry: zipfile.ZipInfo, name: str) -> str | None:
    if is_container(name):
        return "an archive inside of an archive; unpack it first"
    if entry.flag_bits & 1:
        return "it is locked by a password; unpack it first"
    if entry.file_size > _SMALL and entry.file_size > _RATIO * max(entry.compress_size, 1):
        return f"it unpacks to {entry.file_size // max(entry.compress_size, 1)} times its size: it may be made to harm"
    return None


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
