"""The REST door, under /api/v1 of the chat's server: the same answers, hits and reports as at every other door.

Knows HTTP and JSON; knows nothing of how an answer is found. Errors are problem details (RFC 9457). Who gets in is told
in access.py; /health is for everyone.
"""

from __future__ import annotations

from http import HTTPStatus
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import fastapi
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.routing import Match

from assistant.access import Access
from assistant.assistant import Assistant
from assistant.dates import Window
from assistant.errors import LagebildError, SettingsError
from assistant.events import events
from assistant.filter import Filter
from assistant.plain_data import hit_to_dict, report_to_dict, report_to_export
from assistant.problems import UNFORESEEN, problem, status_of
from assistant.records import Report
from assistant.rest_conversations import conversation_routes
from assistant.rest_examples import EXAMPLES
from assistant.rest_feedback import feedback_routes
from assistant.rest_models import (
    Alive,
    Answered,
    Asked,
    Course,
    Day,
    Found,
    Looked,
    Named,
    NewReport,
    Places,
    ReportAdded,
    ReportPage,
    ReportText,
    Statuses,
)
from assistant.rest_routes import Route, problems, streaming
from assistant.store import forget
from assistant.streaming import streamed
from assistant.timeline import latest

if TYPE_CHECKING:
    from assistant.metrics import Metrics

__all__ = ["build_api"]

MAX_PAGE = 500
_HEALTH = "/health"
_BEARER = HTTPBearer(auto_error=False, description="One of LAGEBILD_API_KEYS.")  # for the document alone


def build_api(assistant: Assistant) -> fastapi.FastAPI:
    """The door as an application of its own, to be mounted under /api/v1."""
    keys = assistant.settings.api_keys
    api = _Documented(
        title="Lagebild",
        version="1",
        description=(__doc__ or "").partition("\n\n")[2],
        docs_url=None,  # its page would fetch scripts from elsewhere
        redoc_url=None,
        responses=problems(400, 422, 500, 503, *([401] if keys else [])),
    )
    api.add_exception_handler(LagebildError, _told)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _refused)
    api.add_exception_handler(Exception, _unforeseen)
    routes = (*_routes(assistant), *conversation_routes(assistant), *feedback_routes(assistant))
    for path, method, function, more in routes:
        guarded = [fastapi.Depends(_BEARER)] if keys and path != _HEALTH else []
        api.add_api_route(path, function, methods=[method], dependencies=guarded, **more)
    api.add_middleware(Access, keys=keys, but={_HEALTH})
    return api


class _Documented(fastapi.FastAPI):
    """Shows in its document what each route gives, by example."""

    def openapi(self) -> dict[str, Any]:
        """The document. The examples are put in here, since FastAPI leaves out of them whatever is null."""
        document = super().openapi()
        for (method, path), example in EXAMPLES.items():
            responses = document["paths"][path][method.lower()]["responses"]
            (good,) = (responses[status] for status in responses if status.startswith("2"))
            good["content"]["application/json"]["example"] = example
        return document


def _routes(assistant: Assistant) -> tuple[Route, ...]:
    metrics = _metrics(assistant)

    def ask(asked: Asked) -> dict[str, Any]:
        """Answer a question from the reports, with every statement quoted, or refuse where they do not say."""
        return assistant.ask(asked.question, asked.among()).to_dict()

    def ask_streaming(asked: Asked) -> StreamingResponse:
        """The same as events: `draft` (what a language model writes, checked by nobody), `citation` and `statement` as
        they become final, and then `answer`, which is all of it. What goes wrong is a `problem` (RFC 9457)."""
        return streamed(events(assistant.ask_stream(asked.question, asked.among())))

    def retrieve(looked: Looked) -> dict[str, Any]:
        """The passages that fit best, best first, whether or not they answer."""
        hits = assistant.retrieve(looked.question, looked.count, looked.among())
        return {"hits": [hit_to_dict(hit) for hit in hits]}

    def reports(
        count: Annotated[int, fastapi.Query(ge=1, le=MAX_PAGE)] = 100,
        after: Annotated[str, fastapi.Query(max_length=64, description="`next` of the page before.")] = "",
    ) -> dict[str, Any]:
        """The reports in the order of their ids, without their texts."""
        found = assistant.reports(after, count + 1)
        more = found[count - 1].id if len(found) > count else None
        return {"reports": [report_to_dict(report) for report in found[:count]], "next": more}

    def report(report_id: str) -> dict[str, Any]:
        """One report with its text."""
        return report_to_export(_report(assistant, report_id))

    def add(new: NewReport) -> dict[str, Any]:
        """Add a report. The same content is the same report, and is known."""
        _writable(assistant)
        made = new.report()
        result = assistant.ingest([made])
        for error in result.refused:
            raise error
        return {"id": made.id, "added": not result.unchanged}

    def remove(report_id: str) -> Response:
        """Remove a report for good: no byte of it stays in the data folder."""
        _writable(assistant)
        forget(assistant.settings.data, [_report(assistant, report_id).id])
        return Response(status_code=204)

    def names(count: Annotated[int, fastapi.Query(ge=1, le=10_000)] = 1_000) -> dict[str, Any]:
        """The places and groups that the reports name, the most frequent first."""
        return {"names": [name.to_dict() for name in assistant.names(count)]}

    def places(count: Annotated[int, fastapi.Query(ge=1, le=10_000)] = 1_000) -> dict[str, Any]:
        """The places that the reports name, with where they are, the most frequent first."""
        return {"places": [place.to_dict() for place in assistant.places(count)]}

    def timeline(
        name: Annotated[str, fastapi.Query(min_length=1, max_length=500, description="A place or a group.")],
        since: Annotated[Day, fastapi.Query(description="Only what is from then or later.")] = "",
        until: Annotated[Day, fastapi.Query(description="Only what is from then or earlier.")] = "",
        count: Annotated[int, fastapi.Query(ge=1, le=MAX_PAGE, description="The latest so many.")] = 100,
    ) -> dict[str, Any]:
        """The sentences that name a place or a group, in any spelling, the earliest first."""
        span = Filter.told(since, until)
        return latest(assistant.timeline(name, Window(span.since, span.until)), count)

    def status() -> dict[str, Any]:
        """What the index holds."""
        return assistant.status().to_dict()

    def health() -> dict[str, str]:
        """That the server answers."""
        return {"status": "ok"}

    def measured() -> Response:
        """What is measured since the server started, in the text format of Prometheus."""
        if metrics is None:
            raise SettingsError("The package prometheus-client is missing. Install it: pip install 'lagebild[metrics]'")
        return Response(metrics.text(), media_type=metrics.MEDIA_TYPE)

    text = {200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": "lagebild_reports 26.0"}}}}
    return (
        ("/ask", "POST", ask, {"response_model": Answered}),
        ("/ask/stream", "POST", ask_streaming, streaming()),
        ("/retrieve", "POST", retrieve, {"response_model": Found}),
        ("/reports", "GET", reports, {"response_model": ReportPage}),
        ("/reports", "POST", add, {"response_model": ReportAdded, "status_code": 201, "responses": problems(403, 409)}),
        ("/reports/{report_id}", "GET", report, {"response_model": ReportText, "responses": problems(404)}),
        ("/reports/{report_id}", "DELETE", remove, {"status_code": 204, "responses": problems(403, 404, 409)}),
        ("/names", "GET", names, {"response_model": Named}),
        ("/places", "GET", places, {"response_model": Places}),
        ("/timeline", "GET", timeline, {"response_model": Course}),
        ("/status", "GET", status, {"response_model": Statuses}),
        ("/metrics", "GET", measured, {"response_class": Response, "responses": text}),
        (_HEALTH, "GET", health, {"response_model": Alive}),
    )


def _metrics(assistant: Assistant) -> Metrics | None:
    """What counts from now on; None where the package for it is not installed."""
    if find_spec("prometheus_client") is None:
        return None
    from assistant.metrics import Metrics

    return Metrics(assistant)


def _writable(assistant: Assistant) -> None:
    if assistant.settings.read_only:
        raise HTTPException(403, "This server is read-only: reports are neither added nor removed.")


def _report(assistant: Assistant, report_id: str) -> Report:
    found = assistant.report(report_id)
    if found is None:
        raise HTTPException(404, f"There is no report {report_id!r}.")
    return found


# -- problem details


def _told(_: fastapi.Request, error: Exception) -> Response:
    return problem(status_of(error), str(error))


def _unforeseen(_: fastapi.Request, error: Exception) -> Response:
    return problem(500, UNFORESEEN)


def _refused(request: fastapi.Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  what it is registered for
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:  # of several routes with one path, Starlette names the first
        there = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
        headers["Allow"] = ", ".join(sorted({method for route in there for method in route.methods}))
    return problem(error.status_code, error.detail, headers)


def _invalid(_: fastapi.Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  what it is registered for
    wrong = [
        {"where": ".".join(map(str, one["loc"])), "what": one["msg"].removeprefix("Value error, ")}
        for one in error.errors()
    ]
    return problem(422, "; ".join(f"{one['where']}: {one['what']}" for one in wrong), errors=wrong)
