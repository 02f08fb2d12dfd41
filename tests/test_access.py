"""Who gets in at the doors for programs: by key, by a login of the page, or everyone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import httpx2
import openai
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.applications import Starlette
from starlette.authentication import BaseUser, SimpleUser, UnauthenticatedUser
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant import Assistant, Settings
from assistant.access import admitted
from assistant.embedding import WordLengthEmbedder
from assistant.errors import SettingsError
from assistant.rest import build_api
from tests.apart import serving_apart

KEYS = ("a-key-of-sixteen-and-more", "another-key-for-a-program")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of the whole server, with two keys."""
    with serving_apart(
        tmp_path_factory.mktemp("access") / "data", environment={"LAGEBILD_API_KEYS": " ".join(KEYS)}
    ) as found:
        yield found


@pytest.fixture
def closed(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("given", [None, "Bearer", "Bearer a-key-of-sixteen", f"Basic {KEYS[0]}", "Bearer \xfc"])
def test_nothing_but_health_is_to_be_had_without_a_key(closed: httpx.Client, given: str | None) -> None:
    headers = [(b"Authorization", given.encode("latin-1"))] if given is not None else []
    document = closed.get("/api/v1/openapi.json", headers={"Authorization": f"Bearer {KEYS[0]}"}).json()
    asked = [(method, f"/api/v1{path}") for path, methods in document["paths"].items() for method in methods]
    others = [("GET", "/api/v1/openapi.json"), ("GET", "/api/v1/nothing"), ("GET", "/v1/models"), ("POST", "/mcp")]
    assert len(asked) >= 10
    for method, path in [*asked, *others, ("POST", "/v1/chat/completions"), ("POST", "/v1/embeddings")]:
        response = closed.request(method, path, headers=headers)
        if path == "/api/v1/health":
            assert response.json() == {"status": "ok"}
        else:
            assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer"), path
            if path.startswith("/v1/"):
                assert response.json()["error"]["type"] == "invalid_request_error"
            else:
                assert response.headers["content-type"] == "application/problem+json"
                assert response.json()["status"] == 401


@pytest.mark.parametrize("key", KEYS)
def test_each_key_opens_every_door(address: str, closed: httpx.Client, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    assert closed.get("/api/v1/status", headers=headers).json()["reports"] == 30
    assert len(list(openai.OpenAI(base_url=f"{address}/v1", api_key=key).models.list())) == 3
    with pytest.raises(openai.AuthenticationError, match="Send a key"):
        openai.OpenAI(base_url=f"{address}/v1", api_key="x").models.list()

    async def tools() -> int:
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
        ):
            return len((await client.list_tools()).tools)

    assert asyncio.run(tools()) == 5


class LoggedIn:
    """What stands in front of everything where the page has a login: it says who asks."""

    def __init__(self, app: ASGIApp, user: BaseUser) -> None:
        self._app = app
        self._user = user

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "user": self._user}, receive, send)


@pytest.mark.parametrize(
    ("user", "keys", "key", "status"),
    [
        (SimpleUser("ada"), KEYS, None, 503),  # they get in, and there are no reports
        (SimpleUser("ada"), (), None, 503),
        (UnauthenticatedUser(), KEYS, KEYS[0], 503),
        (UnauthenticatedUser(), KEYS, None, 401),
        (UnauthenticatedUser(), (), None, 401),  # a login is asked for, so that nobody gets in without one
        (UnauthenticatedUser(), (), "", 401),
    ],
)
def test_a_login_of_the_page_opens_the_doors_too(
    tmp_path: Path, user: BaseUser, keys: tuple[str, ...], key: str | None, status: int
) -> None:
    settings = Settings(data=tmp_path, api_keys=keys)
    headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
    with Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant:
        app = LoggedIn(Starlette(routes=[Mount("/api/v1", build_api(assistant))]), user)
        with TestClient(app) as client:
            assert client.get("/api/v1/reports/none", headers=headers).status_code == status
            assert client.get("/api/v1/health").status_code == 200


_KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=16)


@given(st.binary(max_size=40), st.lists(_KEYS, min_size=1, max_size=3))
def test_only_a_whole_key_is_a_key(given: bytes, keys: list[str]) -> None:
    def gets_in(authorization: bytes) -> bool:
        return admitted({"type": "http", "headers": [(b"authorization", authorization)]}, keys)

    for other in (given, keys[0].encode()[:-1], keys[0].encode() * 2):
        assert gets_in(b"Bearer " + other) == (other.strip() in [key.encode() for key in keys])
    assert all(gets_in(b"bearer " + key.encode()) for key in keys)


def test_keys_are_read_from_the_environment_and_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# for the wiki\n{KEYS[1]}\n\n", "utf-8")
    settings = Settings.from_environment({"LAGEBILD_API_KEYS": f" {KEYS[0]} ", "LAGEBILD_API_KEYS_FILE": str(file)})
    assert settings.api_keys == KEYS
    assert not any(key in repr(settings) for key in KEYS)
    with pytest.raises(SettingsError, match="fewer than 16"):
        Settings.from_environment({"LAGEBILD_API_KEYS": "sesame"})
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.from_environment({"LAGEBILD_API_KEYS_FILE": str(tmp_path / "none")})
