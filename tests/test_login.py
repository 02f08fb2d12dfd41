"""The login in front of everything: what is to be had without one, failed attempts, and how sessions end."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app import make_server
from assistant import Assistant, Settings
from assistant.embedding import WordLengthEmbedder
from assistant.errors import SettingsError
from assistant.guard import host_name
from assistant.lockout import FREE, LONGEST, Lockout
from assistant.login import IDLE, LASTING, Login
from assistant.passwords import Accounts, Hashed, set_password
from assistant.ui.labels import LANGUAGES, label
from assistant.ui.login import login_html
from tests.apart import serving_apart

PASSWORD = "a horse, a battery"
KEY = "a-key-of-sixteen-and-more"
PAGE = {"Accept": "text/html,*/*;q=0.8"}


def quick(password: str) -> Hashed:
    """A password hashed at the lowest cost."""
    return Hashed(b"salt", Hashed(b"salt", b"", ln=1, r=1, p=1).made_from(password), ln=1, r=1, p=1)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


# -- the whole server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("login")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Of the whole server, with a login, a key and two names."""
    (folder / "auth").write_text(f"ada:{quick(PASSWORD)}\n", "utf-8")
    environment = {"LAGEBILD_AUTH": str(folder / "auth"), "LAGEBILD_API_KEYS": KEY}
    with serving_apart(folder / "data", "lage.example", "Kurz.Lage.Example:8443", environment=environment) as found:
        yield found


@pytest.fixture
def stranger(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield client


def log_in(
    client: httpx.Client | TestClient, name: str = "ada", password: str = PASSWORD, address: str = "/login"
) -> Any:
    return client.post(address, data={"name": name, "password": password})


def test_no_path_tells_anything_before_the_login(stranger: httpx.Client, folder: Path) -> None:
    paths = json.loads((folder / "data.paths").read_text("utf-8"))
    assert len(paths) > 50
    for method, path in paths:
        for headers in (PAGE, {"Cookie": "lagebild-session=x", "Authorization": "Bearer x"}):
            response = stranger.request(method, path, headers=headers)
            if path in {"/health", "/api/v1/health"}:
                assert response.json()["status"] == "ok"
            elif response.status_code == 303:
                assert (method, headers) == ("GET", PAGE)
                assert response.headers["location"].startswith("/login?next=")
                assert response.content == b""
            else:
                assert response.status_code == 401, (method, path)
                assert "convoy" not in response.text.lower()
            assert "default-src 'self'" in response.headers["content-security-policy"]


def test_a_login_opens_the_page_and_the_doors_and_a_logout_closes_them(stranger: httpx.Client) -> None:
    assert stranger.get("/login").text.count("<form") == 1
    response = log_in(stranger, address="/login?next=%2Fde%2F%3Fq%3Dwer")
    assert (response.status_code, response.headers["location"]) == (303, "/de/?q=wer")
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert stranger.get("/de/").status_code == 200
    assert stranger.get("/page.css").status_code == 200
    assert stranger.get("/api/v1/status").json()["reports"] == 30
    assert stranger.get("/api/v1/status", headers={"Cookie": ""}).status_code == 401
    kept = stranger.cookies["lagebild-session"]
    assert stranger.get("/logout", headers=PAGE).status_code == 404  # a link or an image logs nobody out
    assert stranger.post("/logout").headers["location"] == "/login"
    assert stranger.get("/de/", headers={"Cookie": f"lagebild-session={kept}"}).status_code == 401


def test_a_key_opens_the_doors_for_programs_and_nothing_else(stranger: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    assert stranger.get("/api/v1/status", headers=headers).json()["reports"] == 30
    assert stranger.get("/v1/models", headers=headers).status_code == 200
    for path in ("/en/", "/page.js", "/api/v1x", "/v1x/../en/config", "/api/v1/../../en/"):
        assert stranger.get(path, headers=headers).status_code in {401, 404}, path


def test_with_a_login_it_answers_to_the_name_that_it_is_given(stranger: httpx.Client) -> None:
    for host, status in (
        ("lage.example", 200),
        ("lage.example:443", 200),
        ("kurz.lage.example", 200),
        ("kurz.lage.example:8443", 200),
        ("evil.example", 421),
        ("x.lage.example", 421),
    ):
        assert stranger.get("/login", headers={"Host": host}).status_code == status
    same = {"Host": "lage.example", "Origin": "https://lage.example"}  # as a reverse proxy passes it on
    assert stranger.post("/logout", headers=same).status_code == 303


def test_another_site_cannot_log_in_or_out(stranger: httpx.Client) -> None:
    for path in ("/login", "/logout"):
        for origin in ("http://evil.example", "null"):
            assert stranger.post(path, headers={"Origin": origin}).status_code == 403


def test_a_link_from_elsewhere_leads_to_the_login(stranger: httpx.Client) -> None:
    opened = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    sent = stranger.get("/?r=x", headers=PAGE | opened)  # a redirect would come from where it began
    assert (sent.status_code, sent.text, sent.headers["refresh"]) == (200, "", "0; url=/login?next=%2F%3Fr%3Dx")
    shown = stranger.get("/login?next=%2F%3Fr%3Dx", headers=PAGE | opened)
    assert (shown.status_code, shown.text.count("<form"), "refresh" in shown.headers) == (200, 1, False)
    assert stranger.post("/login", headers=opened).status_code == 403


def test_every_answer_carries_the_headers_and_none_tells_of_an_error(stranger: httpx.Client, folder: Path) -> None:
    log_in(stranger)
    for method, path in json.loads((folder / "data.paths").read_text("utf-8")):
        if path not in {"/login", "/logout"}:
            with stranger.stream(method, path) as response:  # some never end
                headers, status = response.headers, response.status_code
            assert status not in {401, 500}, (method, path)
            policy = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
            assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'self'"
            assert policy["object-src"] == policy["frame-ancestors"] == policy["frame-src"] == "'none'"
            assert "'unsafe-inline'" not in policy["script-src"]
            assert "http" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["cache-control"]
    page = stranger.get("/en/").text
    asset = next(name for name in re.findall(r'"\./(assets/[^"]+)"', page))
    assert "immutable" in stranger.get(f"/en/{asset}").headers["cache-control"]


def test_two_hundred_wrong_logins_meet_the_lock_and_no_header_helps(stranger: httpx.Client) -> None:
    statuses = [
        stranger.post(
            "/login",
            data={"name": "eve", "password": f"guess {number}"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        ).status_code
        for number in range(200)
    ]
    assert statuses[:FREE] == [401] * FREE
    assert statuses.count(401) < FREE + 8  # of 200; the waits double
    assert set(statuses) == {401, 429}


# -- the middleware by itself, with a clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def client(clock: Clock, address: str = "203.0.113.5") -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", lambda request: PlainTextResponse(request.user.display_name))])
    accounts = Accounts({"ada": quick(PASSWORD), "علي": quick(PASSWORD)})
    guarded = Login(app, accounts, lambda _, trouble: str(trouble), clock=clock)
    return TestClient(guarded, client=(address, 1), follow_redirects=False)


@pytest.mark.parametrize("name", ["ada", "علي"])
def test_who_is_logged_in_is_told_to_what_is_behind(clock: Clock, name: str) -> None:
    visitor = client(clock)
    assert visitor.get("/x").status_code == 401
    assert log_in(visitor, name).status_code == 303
    assert visitor.get("/x").text == name


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "wrong"), ("ada", ""), ("", ""), ("eve", PASSWORD), ("ada", PASSWORD + "x"), ("a", "\0")],
)
def test_only_the_name_with_its_password_gets_in(clock: Clock, name: str, password: str) -> None:
    visitor = client(clock)
    response = log_in(visitor, name, password)
    assert (response.status_code, response.text) == (401, "('wrong', 0)")
    assert "set-cookie" not in response.headers
    for body in (b"", b"\xff=\xfe", b"name=ada", b"name=ada&" * 50, b"x" * 9_000):
        clock.now += LONGEST
        assert visitor.post("/login", content=body).status_code == 401
    assert visitor.get("/x").status_code == 401


def test_a_session_ends_when_it_is_idle_and_in_any_case(clock: Clock) -> None:
    visitor = client(clock)
    log_in(visitor)
    clock.now += IDLE - 1
    assert visitor.get("/x").status_code == 200
    clock.now += IDLE - 1
    assert visitor.get("/x").status_code == 200
    clock.now += IDLE
    assert visitor.get("/x").status_code == 401
    log_in(visitor)
    for _ in range(int(LASTING // (IDLE / 2)) - 1):
        clock.now += IDLE / 2
        assert visitor.get("/x").status_code == 200
    clock.now += IDLE / 2
    assert visitor.get("/x").status_code == 401


def test_each_login_is_a_session_of_its_own_and_the_old_one_of_the_browser_ends(clock: Clock) -> None:
    visitor = client(clock)
    tokens = set()
    for _ in range(5):
        log_in(visitor)
        tokens.add(visitor.cookies["lagebild-session"])
        visitor.cookies.clear()
    assert len(tokens) == 5
    assert all(len(token) >= 43 for token in tokens)
    first, second = sorted(tokens)[:2]
    visitor.cookies.set("lagebild-session", first)
    log_in(visitor)
    visitor.cookies.clear()
    assert visitor.get("/x", headers={"Cookie": f"lagebild-session={first}"}).status_code == 401
    assert visitor.get("/x", headers={"Cookie": f"lagebild-session={second}"}).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/ar/?q=%D8%A3", "/ar/?q=%D8%A3"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("/logout", "/"),
        ("", "/"),
    ],
)
def test_after_the_login_one_is_where_one_wanted_to_be_on_this_server(clock: Clock, wanted: str, place: str) -> None:
    visitor = client(clock)
    response = visitor.post("/login", params={"next": wanted}, data={"name": "ada", "password": PASSWORD})
    assert response.headers["location"] == place
    assert visitor.get("/login", params={"next": wanted}).headers["location"] == place  # who is logged in gets on
    asked = client(clock).get(f"/x?{urlsplit(wanted).query}", headers=PAGE).headers["location"]
    assert asked.startswith("/login?next=%2Fx")


def test_the_wait_grows_and_the_right_password_has_to_wait_too(clock: Clock) -> None:
    visitor = client(clock)
    assert [log_in(visitor, password="x").status_code for _ in range(FREE + 2)] == [401] * (FREE + 1) + [429]
    refused = log_in(visitor)
    assert (refused.status_code, refused.headers["retry-after"], refused.text) == (429, "2", "('wait', 2)")
    clock.now += 2
    assert log_in(visitor, password="x").status_code == 401
    clock.now += 2
    assert log_in(visitor).headers["retry-after"] == "2"
    clock.now += 2
    assert log_in(visitor).status_code == 303
    assert log_in(visitor, password="x").status_code == 401  # and all is forgotten


def test_names_are_counted_over_addresses_and_addresses_over_names() -> None:
    lockout = Lockout(Clock())
    for number in range(FREE + 1):
        assert lockout.attempt(f"address {number}", "name ada") == 0
    assert lockout.attempt("address 99", "name ada") > 0
    assert lockout.attempt("address 99", "name bob") == 0
    for number in range(FREE):
        assert lockout.attempt("address 99", f"name {number}") == 0
    assert lockout.attempt("address 99", "name carl") > 0


def test_an_ipv6_network_counts_as_one_address(clock: Clock) -> None:
    visitor = client(clock, "2001:db8::1")
    for number in range(FREE + 1):
        visitor._transport.client = (f"2001:db8::{number}", 1)  # type: ignore[attr-defined]
        assert log_in(visitor, f"name{number}", "x").status_code == 401
    assert log_in(visitor).status_code == 429


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 2_000)), max_size=60))
def test_attempts_are_never_let_through_faster_than_the_wait_and_never_kept_longer(
    steps: list[tuple[bool, float]],
) -> None:
    clock = Clock()
    lockout = Lockout(clock)
    failed, locked_until = 0, 0.0
    for right, pause in steps:
        clock.now += pause
        wait = lockout.attempt("a", "b")
        assert 0 <= wait <= LONGEST
        assert (wait > 0) == (clock.now < locked_until)
        if wait == 0:
            failed += 1
            locked_until = clock.now + min(2.0 ** (failed - FREE), LONGEST) if failed > FREE else 0.0
            if right:
                lockout.succeeded("a", "b")
                failed, locked_until = 0, 0.0


def test_many_addresses_do_not_fill_the_memory() -> None:
    clock = Clock()
    lockout = Lockout(clock)
    for number in range(20_000):
        lockout.attempt(f"address {number}")
    assert len(lockout._failures) == 10_000


# -- passwords and their file


def test_the_command_makes_a_file_for_its_owner_that_holds_no_password(tmp_path: Path) -> None:
    file = tmp_path / "auth"
    for name, typed, code in [
        ("ada", f"{PASSWORD}\n{PASSWORD}\n", 0),
        ("bob", "short\nshort\n", 1),
        ("eve", "a\nb\n", 1),
    ]:
        command = [str(Path(sys.executable).parent / "lagebild"), "password", name, str(file)]
        done = subprocess.run(command, input=typed, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert PASSWORD not in done.stdout + done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text("utf-8")
    assert Accounts.read(file).admit("ada", PASSWORD)
    assert not Accounts.read(file).admit("bob", "short")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=12, max_size=40), st.text(max_size=40))
def test_a_password_is_told_from_every_other(password: str, other: str) -> None:
    accounts = Accounts({"ada": quick(password)})
    assert accounts.admit("ada", password)
    assert accounts.admit("ada", other) == (quick(other).digest == quick(password).digest)
    assert not accounts.admit("eve", password)


@pytest.mark.parametrize("name", ["#ada", "a b", "a:b", ""])
def test_a_name_that_would_not_be_read_again_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="is no name"):
        set_password(tmp_path / "auth", name, PASSWORD)
    assert not (tmp_path / "auth").exists()


def test_a_password_can_be_replaced_and_equal_ones_look_different(tmp_path: Path) -> None:
    file = tmp_path / "auth"
    for name, password in (("ada", PASSWORD), ("bob", PASSWORD), ("ada", "another one, and long")):
        set_password(file, name, password)
    lines = file.read_text("utf-8").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["ada", "bob"]
    assert len({line.partition("$scrypt")[2] for line in lines}) == 2
    assert not Accounts.read(file).admit("ada", PASSWORD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nobody\n",
        f"ada:{PASSWORD}",
        "ada:$scrypt$ln=15,r=8,p=3$c2FsdA$",
        "ada:$scrypt$ln=20,r=32,p=1$c2FsdA$" + "A" * 43,  # 4 GB
        "ada:$scrypt$ln=0,r=8,p=3$c2FsdA$" + "A" * 43,
        "ada:$scrypt$ln=15,r=8,p=3$c2FsdA$AAAA",
        "ada:$scrypt$ln=15,r=8,p=3$A$" + "A" * 43,
    ],
)
def test_a_file_that_is_none_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    file = tmp_path / "auth"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match="lagebild password NAME FILE") as raised:
        Accounts.read(file)
    assert PASSWORD not in str(raised.value)


def test_a_password_in_the_place_of_the_file_is_not_repeated(tmp_path: Path) -> None:
    settings = Settings.from_environment({"LAGEBILD_AUTH": f"ada:{PASSWORD}"}, data=tmp_path)
    with (
        Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant,
        pytest.raises(SettingsError, match="no file of passwords") as raised,
    ):
        make_server(assistant)
    assert PASSWORD not in str(raised.value)


# -- where it listens


@pytest.mark.parametrize(
    ("host", "name"),
    [("0.0.0.0", ""), ("192.168.1.5", ""), ("::", ""), ("example.org", ""), ("127.0.0.1", "example.org")],
)
def test_where_others_can_reach_it_there_has_to_be_a_login(host: str, name: str, tmp_path: Path) -> None:
    names = [name] if name else []
    with pytest.raises(SettingsError, match=r"nobody has to log in.*lagebild password NAME FILE"):
        make_server(Assistant(data=tmp_path), host, names=names)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Lage.Example.org", "lage.example.org"),
        ("lage.example.org.", "lage.example.org"),
        ("LocalHost:7860", "localhost"),
        ("lage_chat", "lage_chat"),
        ("Straße.example", "xn--strae-oqa.example"),
        ("192.168.1.5:80", "192.168.1.5"),
        ("0:0::1", "::1"),
        ("[0:0::1]:7860", "::1"),
    ],
)
def test_a_name_is_meant_however_it_is_written(typed: str, meant: str) -> None:
    assert host_name(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "https://lage.example",
        "lage.example/en",
        "*.lage.example",
        "a b",
        "a@b",
        "a..b",
        "lage:x",
        "[::1",
        "a,b",
    ],
)
def test_what_is_no_name_of_a_host_is_told_before_it_listens(typed: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no name of a host"):
        make_server(Assistant(data=tmp_path), names=[typed])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_to_log_in_speaks_the_languages_of_the_page_and_needs_nothing_else(language: str) -> None:
    waits = {"en": ("1 second", "7 seconds"), "de": ("1 Sekunde", "7 Sekunden"), "ar": ("ثانية", "7 ثوان")}[language]
    for seconds, wait in zip((1, 7), waits, strict=True):
        page = login_html(language, ("wait", seconds))
        assert label(language, "login_wait", wait=wait) in page
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
    assert re.findall(r'(?:src|href|action)="([^"]*)"', page) == ["data:,"]
    assert "<script" not in page


def test_the_language_of_the_login_is_that_of_the_browser(stranger: httpx.Client) -> None:
    assert label("ar", "login_title") in stranger.get("/login", headers={"Accept-Language": "ar-SY,en;q=0.5"}).text
