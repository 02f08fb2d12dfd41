"""Language models: what a setting names, what is asked of them over HTTP, and every way in which they fail."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from assistant.errors import LLMError, SettingsError
from assistant.llm import LlamaIndexModel, load_llm
from assistant.patience import Patience
from assistant.scripted_llm import ScriptedLLM
from tests.llm_server import llm_server

REQUEST = "Sentences:\n[k7f] Who holds it?"
KEY = "sk-very-secret"
READY_MADE = ScriptedLLM(replies=["Ready."])


def made() -> ScriptedLLM:
    return ScriptedLLM(replies=["Made."])


NO_LLM = 5


def said(model: LlamaIndexModel, patience: Patience | None = None) -> str:
    patience = patience or Patience(10, 10)
    return "".join(patience.stream(lambda: model.stream("Be brief.", REQUEST)))


@pytest.mark.parametrize("size", [1, 3, 7, 1_000])
def test_the_script_is_said_in_pieces_of_its_size_and_its_words_become_keys(size: int) -> None:
    llm = ScriptedLLM(replies=["It is held {holds it}.", "No."], size=size)
    model = LlamaIndexModel.of(llm)
    pieces = list(model.stream("Be brief.", REQUEST))
    assert "".join(pieces) == "It is held [k7f]."
    assert {len(piece) for piece in pieces[:-1]} <= {size}
    assert (said(model), said(model)) == ("No.", "It is held [k7f].")
    assert "Who holds it?" in llm.requests[0]
    assert model.identity == "ScriptedLLM:scripted"


def test_words_that_no_line_has_are_an_error_of_the_script() -> None:
    with pytest.raises(LLMError, match="broken") as caught:
        said(LlamaIndexModel.of(ScriptedLLM(replies=["It {burns}."])))
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(("path", "text"), [("READY_MADE", "Ready."), ("made", "Made.")])
def test_a_model_of_ones_own_is_named_by_its_import_path(path: str, text: str) -> None:
    model = load_llm(f"{__name__}:{path}", 10)
    assert model.identity == f"{__name__}:{path}"
    assert said(model) == text


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        ("gpt-4o", "It must be openai-like:MODEL@URL"),
        ("openai-like:", "without a model"),
        ("openai-like:@http://127.0.0.1/v1", "without a model"),
        ("openai-like:llama3", "without an address"),
        ("openai-like:llama3@ftp://127.0.0.1", "without an address"),
        ("openai-like:llama3@http://me:pw@127.0.0.1/v1", "LAGEBILD_LLM_KEY"),
        ("openai-like:llama3@http://127.0.0.1/v1?key=pw", "LAGEBILD_LLM_KEY"),
        ("openai-like:llama3@http://[::1", "LAGEBILD_LLM_KEY"),
        ("openai-like:llama3@http:///v1", "LAGEBILD_LLM_KEY"),
        ("no.such.module:llm", "cannot be imported"),
        (f"{__name__}:nothing", "cannot be imported"),
        (f"{__name__}:NO_LLM", "a int"),
        ("os:getcwd", "a str"),
        ("../evil:llm", "It must be"),
    ],
)
def test_a_setting_that_names_no_model_says_why(choice: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        load_llm(choice, 10)
    assert "pw" not in str(caught.value)


def test_a_server_is_asked_with_the_rules_apart_and_the_key_of_the_environment() -> None:
    with llm_server(["It is ", "held {holds it}."]) as server:
        model = load_llm(f"openai-like:some:model@{server.address}", 10, {"LAGEBILD_LLM_KEY": KEY})
        assert said(model) == "It is held [k7f]."
    (asked,) = server.requests
    assert asked["model"] == "some:model"
    assert [(m["role"], m["content"]) for m in asked["messages"]] == [
        ("system", "Be brief."),
        ("user", REQUEST),
    ]
    assert asked["stream"] is True
    assert asked["temperature"] == 0
    assert server.keys == [f"Bearer {KEY}"]
    assert KEY not in repr(model) + model.identity


@pytest.mark.parametrize("reply", ["Yes.", 401])
def test_the_key_is_never_logged(reply: str | int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with llm_server([reply]) as server:
        model = load_llm(f"openai-like:m@{server.address}", 10, {"LAGEBILD_LLM_KEY": KEY})
        with suppress(LLMError):
            said(model)
    assert caplog.records  # others log what they send
    assert KEY not in caplog.text + "".join(str(record.__dict__) for record in caplog.records)


def test_a_key_for_others_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with llm_server(["Yes."]) as server:
        assert said(load_llm(f"openai-like:m@{server.address}", 10, {})) == "Yes."
    assert KEY not in str(server.keys)


def test_ollama_is_asked_in_its_own_protocol() -> None:
    pytest.importorskip("llama_index.llms.ollama", reason="pip install llama-index-llms-ollama")
    model = load_llm("ollama:llama3:8b@http://127.0.0.1:9", 10, {})
    assert model.identity == "ollama:llama3:8b@http://127.0.0.1:9"
    with pytest.raises(LLMError, match="down"):
        said(model)


@pytest.mark.parametrize(
    ("status", "headers", "reason", "asked"),
    [
        (401, {}, "denied", 1),
        (403, {}, "denied", 1),
        (404, {}, "broken", 1),
        (400, {}, "broken", 1),
        (429, {}, "quota", 1),
        (429, {"Retry-After": "0"}, "quota", 2),
        (429, {"Retry-After": "3600"}, "quota", 1),
        (402, {}, "quota", 1),
        (500, {}, "down", 2),
        (503, {"Retry-After": "0"}, "down", 2),
        (504, {}, "slow", 1),
    ],
)
def test_a_status_has_its_reason_and_is_tried_again_where_that_can_help(
    status: int, headers: dict[str, str], reason: str, asked: int
) -> None:
    with llm_server([status], headers=headers) as server, pytest.raises(LLMError) as caught:
        said(load_llm(f"openai-like:m@{server.address}", 10, {"LAGEBILD_LLM_KEY": KEY}))
    assert caught.value.reason == reason
    assert KEY not in str(caught.value)
    assert len(server.requests) == asked


def test_a_second_try_that_succeeds_is_all_that_is_seen() -> None:
    with llm_server([503], ["Held."]) as server:
        assert said(load_llm(f"openai-like:m@{server.address}", 10, {})) == "Held."
    assert len(server.requests) == 2


def test_nobody_there_is_down() -> None:
    with pytest.raises(LLMError, match="down"):
        said(load_llm("openai-like:m@http://127.0.0.1:9/v1", 10, {}))


@pytest.mark.parametrize(
    ("behaviour", "reason", "heard"),
    [
        (["hang"], "slow", ""),
        (["It is ", "hang"], "slow", "It is "),
        (["It is ", "cut"], "down", "It is "),
        ([], None, ""),
    ],
    ids=["never begins", "stops", "cut", "empty"],
)
def test_what_was_said_before_it_broke_off_is_kept(behaviour: list[str | int], reason: str | None, heard: str) -> None:
    pieces: list[str] = []
    with llm_server(behaviour) as server:
        model = load_llm(f"openai-like:m@{server.address}", 10, {})
        failed = None
        try:
            pieces.extend(Patience(0.6, 1.2).stream(lambda: model.stream("r", "q")))
        except LLMError as error:
            failed = error.reason
    assert failed == reason
    assert reason == "slow" or "".join(pieces) == heard


@pytest.mark.parametrize("behaviour", [["hang"], ["It is ", "hang"]], ids=["before the first word", "after it"])
def test_what_is_given_up_is_hung_up(behaviour: list[str | int]) -> None:
    before = set(threading.enumerate())
    with llm_server(behaviour) as server:
        model = load_llm(f"openai-like:m@{server.address}", 60, {})
        with pytest.raises(LLMError, match="slow"):
            list(Patience(0.6, 0.6).stream(lambda: model.stream("r", "q")))
        reading = [one for one in threading.enumerate() if one.name == "language-model" and one not in before]
        for thread in reading:
            thread.join(10)  # of the 30 seconds for which the server says nothing
        assert not any(thread.is_alive() for thread in reading)


def test_an_endless_reply_ends_with_the_time() -> None:
    with llm_server(["On and ", "endless"]) as server:
        model = load_llm(f"openai-like:m@{server.address}", 10, {})
        pieces = Patience(5, 0.5).stream(lambda: model.stream("r", "q"))
        assert next(pieces) == next(pieces) == "On and "
        with pytest.raises(LLMError, match="slow"):
            list(pieces)


# -- patience, without a model


def failing(*failures: LLMError | None) -> Callable[[], Iterator[str]]:
    left = iter(failures)

    def start() -> Iterator[str]:
        failure = next(left)
        if failure is not None:
            raise failure
        yield "said"

    return start


def test_it_tries_twice_and_not_again() -> None:
    down = LLMError("down", 0.0)
    assert list(Patience(5, 5).stream(failing(down, None))) == ["said"]
    with pytest.raises(LLMError, match="down"):
        list(Patience(5, 5).stream(failing(down, down, None)))


def test_it_does_not_wait_longer_than_it_may() -> None:
    with pytest.raises(LLMError, match="quota"):
        list(Patience(1, 1).stream(failing(LLMError("quota", 4.0), None)))


def test_signs_of_life_count_against_the_first_limit() -> None:
    def thinking() -> Iterator[str]:
        for _ in range(4):
            yield ""
            time.sleep(0.2)
        yield "said"

    assert "".join(Patience(0.4, 20).stream(thinking)) == "said"


def test_whoever_stops_listening_ends_the_reading() -> None:
    ended = threading.Event()

    def endless() -> Iterator[str]:
        try:
            for number in itertools.count():
                yield str(number)
        finally:
            ended.set()

    pieces = Patience(5, 5).stream(endless)
    assert next(pieces) == "0"
    pieces.close()  # type: ignore[attr-defined]
    assert ended.wait(10)


def test_an_error_that_is_no_failure_of_a_model_is_raised_as_it_is() -> None:
    def broken() -> Iterator[str]:
        yield str(1 // 0)

    with pytest.raises(ZeroDivisionError):
        list(Patience(5, 5).stream(broken))
