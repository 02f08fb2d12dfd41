"""Why an address was not fetched."""

from __future__ import annotations

from assistant.errors import LagebildError

__all__ = ["FetchError"]


class FetchError(LagebildError):
    """An address cannot or may not be fetched. It stays inside of the build: the batch gets a ReportError."""
