"""What a page of another site can have a browser send: links to the chat open it, and all else is refused."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from assistant.ui.labels import LANGUAGES
from tests.apart import serving_apart

OPENED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
PAGES = ("/", "/en/?r=x&s=1-2", *(path for language in LANGUAGES for path in (f"/{language}", f"/{language}/?q=who")))
OTHERS = (
    "/api/v1/timeline?name=Rawa",
    "/api/v1/status",
    "/v1/models",
    "/mcp",
    "/en/parts/feedback",
    "/en/parts/first",
    "/en/report/x",
    "/en/config",
    "/en/gradio_api/queue/data?session_hash=x",
    "/page.js",
    "/favicon.ico",
    "/health",
    "/en/%2e%2e/api/v1/status",
)


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        serving_apart(tmp_path_factory.mktemp("guard") / "data") as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        yield client


def status(chat: httpx.Client, path: str, headers: dict[str, str], method: str = "GET") -> int:
    with chat.stream(method, path, headers=headers) as response:  # some never end
        return response.status_code


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_from_elsewhere_opens_the_chat(chat: httpx.Client, site: str) -> None:
    for path in PAGES:
        shown = chat.get(path, headers={"Sec-Fetch-Site": site, **OPENED}, follow_redirects=True)
        assert (shown.status_code, "<html" in shown.text) == (200, True), path


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    "how",
    [
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Dest": "document"},
        {},
    ],
)
def test_a_page_of_another_site_can_fetch_nothing(chat: httpx.Client, site: str, how: dict[str, str]) -> None:
    for path in (*PAGES, *OTHERS):
        assert status(chat, path, {"Sec-Fetch-Site": site, **how}) == 403, path


def test_a_page_of_another_site_can_open_nothing_but_the_chat(chat: httpx.Client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", **OPENED}
    for path in OTHERS:
        assert status(chat, path, headers) == 403, path
    for path in PAGES:
        assert status(chat, path, headers, "POST") == 403, path


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}])
def test_programs_and_the_page_itself_are_answered(chat: httpx.Client, headers: dict[str, str]) -> None:
    for path in ("/api/v1/timeline?name=Rawa", "/v1/models", "/en/parts/first", "/en/config", "/page.js", "/health"):
        assert status(chat, path, headers) == 200, path
