"""Packages that not everybody needs: what is missing is told with the line that installs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assistant.errors import SettingsError

__all__ = ["extra"]


@contextmanager
def extra(name: str) -> Iterator[None]:
    """For imports of what comes with this extra of the package. What is missing becomes a SettingsError."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"The package {error.name} is missing. Install it: pip install 'lagebild[{name}]'"
        ) from error
