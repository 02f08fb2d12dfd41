"""The process in which foreign parsers run: it takes a file by its path, and sends back what a reader makes of it.

It knows readers by the names of their modules and nothing of who asks. Its memory, its computing time and what it may
write are limited by the operating system, so that a file that is made to harm, or a parser that goes astray, harms
nothing else. `isolation.py` is the other end.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
from collections.abc import Iterator
from dataclasses import asdict, fields
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from assistant.dates import PartialDate
from assistant.errors import ReportError
from index.readers.draft import Addresses, Draft, Member, RawFile, Unreadable
from index.readers.field_map import FieldMap

__all__ = ["draft_from", "file_to_dict", "main"]


def main(descriptor: int, seconds: int, megabytes: int) -> None:
    """Serve until the other end closes. `seconds` of computing for each item, `megabytes` of address space in all."""
    _limit(megabytes)
    with contextlib.suppress(EOFError, BrokenPipeError), Connection(descriptor) as asker:
        while True:
            job = json.loads(asker.recv_bytes())
            _allow(seconds)
            for message in _answers(job["module"], _file_from(job["file"])):
                asker.send_bytes(message)
                _allow(seconds)


def _answers(module: str, file: RawFile) -> Iterator[bytes]:
    """What a reader makes of a file, as messages; the last one says how it ended."""
    try:
        for item in importlib.import_module(module).read(file):
            if isinstance(item, Member):
                yield from _unpacked(item)
            elif isinstance(item, ReportError):
                yield _message("error", {"origin": item.origin, "reason": item.reason})
            elif isinstance(item, Addresses):
                yield _message("addresses", item.urls)
            else:
                yield _message("draft", _draft_to_dict(item))
    except Unreadable as error:
        yield _message("unreadable", str(error))
    except OSError as error:
        yield _message("unreadable", f"the file cannot be read: {error.strerror or error}")
    except MemoryError:
        yield _message("out of memory", "")
    except Exception as error:  # whatever a foreign parser raises on a broken file
        yield _message(
            "unreadable", f"it is damaged, or not what its name says ({type(error).__name__}: {error})"[:300]
        )
    else:
        yield _message("done", "")


def _unpacked(member: Member) -> Iterator[bytes]:
    """A part of an archive: what it is called, its bytes, and a message that says how it ended."""
    yield _message("member", {"name": member.name, "place": member.place, "about": dict(member.about)})
    try:
        for chunk in member.chunks:
            if chunk:
                yield b"+" + chunk
    except MemoryError:
        raise
    except Exception as error:  # whatever a broken archive makes of its library
        yield _message("broken", f"it cannot be unpacked ({type(error).__name__}: {error})"[:300])
    else:
        yield _message("whole", "")


def _message(kind: str, value: object) -> bytes:
    return json.dumps([kind, value], ensure_ascii=False).encode("utf-8", "surrogatepass")


def file_to_dict(file: RawFile) -> dict[str, Any]:
    """A file as plain data, for the way into the worker."""
    values = asdict(file)
    return values | {"path": str(file.path), "fields": file.fields.to_json() if file.fields is not None else None}


def _file_from(values: dict[str, Any]) -> RawFile:
    fields = FieldMap.from_json(values["fields"]) if values["fields"] is not None else None
    return RawFile(**(values | {"path": Path(values["path"]), "fields": fields}))


def _draft_to_dict(draft: Draft) -> dict[str, Any]:
    """A draft as plain data, for the way out. Not by `asdict`, which copies all that is in it."""
    return {each.name: getattr(draft, each.name) for each in fields(draft)} | {"published": str(draft.published)}


def draft_from(values: dict[str, Any]) -> Draft:
    """A draft from the plain data that came out of the worker."""
    date = PartialDate.stored(values["published"])
    return Draft(**(values | {"published": date, "warnings": tuple(values["warnings"])}))


def _limit(megabytes: int) -> None:
    """No output but to the asker, no core file, no file written, no more memory than this."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _allow(seconds: int) -> None:
    """So much more computing from now on; then the operating system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
