"""What the routes of the REST door have in common: how their errors and streams are documented."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.responses import StreamingResponse

from assistant.problems import PROBLEM
from assistant.rest_examples import STREAM
from assistant.rest_models import Problem
from assistant.streaming import EVENT_STREAM

__all__ = ["Route", "problems", "streaming"]

Route = tuple[str, str, Callable[..., Any], dict[str, Any]]
"""A path, a method, what answers, and what FastAPI is told of it."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as responses of a route: problem details."""
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase, "content": {PROBLEM: {}}}
        for status in statuses
    }


def streaming(*statuses: int) -> dict[str, Any]:
    """What FastAPI is told of a route that answers with events, or with one of these statuses."""
    event = {"type": "object", "properties": {"event": {"type": "string"}, "data": {"type": "string"}}}
    events = {EVENT_STREAM: {"itemSchema": event, "example": STREAM}}
    return {
        "response_class": StreamingResponse,
        "response_model": None,
        "responses": {200: {"description": "Events, each as it becomes final.", "content": events}}
        | problems(*statuses),
    }
