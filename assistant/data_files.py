"""Reads the lists that come with the package, in data/. Knows nothing of what is in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["data_file"]


@cache
def data_file(name: str) -> Mapping[str, Any]:
    """What data/`name`.toml says; not to be changed."""
    return tomllib.loads(resources.files("assistant").joinpath("data", f"{name}.toml").read_text("utf-8"))
