"""Errors as HTTP tells them: problem details (RFC 9457), and which status an error has. Knows nothing of the doors."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

from assistant.errors import (
    ConversationError,
    DataFolderError,
    IndexLockedError,
    LagebildError,
    QuestionError,
    ReportError,
)

__all__ = ["PROBLEM", "UNFORESEEN", "problem", "problem_details", "status_of"]

PROBLEM = "application/problem+json"
"""The media type."""

UNFORESEEN = "Something went wrong. The log of the server says what."
"""What strangers are told of an error that nobody thought of."""

_STATUS: tuple[tuple[type[LagebildError], int], ...] = (
    (IndexLockedError, HTTPStatus.CONFLICT),
    (DataFolderError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ConversationError, HTTPStatus.NOT_FOUND),
    (QuestionError, HTTPStatus.BAD_REQUEST),
    (ReportError, HTTPStatus.UNPROCESSABLE_ENTITY),
)
"""The status of each error, the special before the general; any other is 500: a setting, for one, is the server's."""


def status_of(error: Exception) -> int:
    """The HTTP status that an error has."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem_details(status: int, detail: str, **more: object) -> dict[str, Any]:
    """What went wrong, as plain data for JSON."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail, **more}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object) -> JSONResponse:
    """What went wrong, as an answer to a request."""
    return JSONResponse(problem_details(status, detail, **more), status, headers, PROBLEM)
