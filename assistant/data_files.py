"""Reads the lists that come with the package, in data/. Knows nothing of what is in them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["data_file", "data_folder", "digest"]


@cache
def data_file(name: str) -> Mapping[str, Any]:
    """What data/`name`.toml says; not to be changed."""
    return tomllib.loads(_read(name).decode("utf-8"))


@cache
def data_folder(name: str) -> Mapping[str, Mapping[str, Any]]:
    """What each file of data/`name`/ says, by its name without .toml; not to be changed."""
    files = resources.files("assistant").joinpath("data", name).iterdir()
    return {file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8")) for file in files}


@cache
def digest(*names: str) -> str:
    """Eight hexadecimal digits that are others when one of these files is changed."""
    return hashlib.sha256(b"\0".join(map(_read, names))).hexdigest()[:8]


def _read(name: str) -> bytes:
    return resources.files("assistant").joinpath("data", f"{name}.toml").read_bytes()
