"""Settings: what the environment says, what wins, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import EMBEDDED_MODEL, Settings


def test_the_environment_names_folders_and_model() -> None:
    settings = Settings.from_environment(
        {
            "LAGEBILD_DATA": "/a",
            "LAGEBILD_CACHE": "/b",
            "LAGEBILD_EMBEDDING_MODEL": "some/model",
            "LAGEBILD_ENGINE": "torch",
        }
    )
    assert settings.engine == "torch"
    assert (settings.data, settings.cache, settings.embedding_model) == (Path("/a"), Path("/b"), "some/model")


def test_without_an_environment_the_embedded_model_and_the_users_folders_are_used() -> None:
    settings = Settings.from_environment({})
    assert settings.embedding_model == EMBEDDED_MODEL
    assert settings.data.is_absolute()
    assert settings.cache.is_absolute()
    assert settings.data != settings.cache


def test_a_language_model_its_patience_and_what_becomes_of_what_it_makes_up() -> None:
    environment = {
        "LAGEBILD_LLM": " ollama:llama3 ",
        "LAGEBILD_LLM_FIRST": "5",
        "LAGEBILD_LLM_TOTAL": "7.5",
        "LAGEBILD_UNSUPPORTED": "show",
    }
    settings = Settings.from_environment(environment)
    assert (settings.llm, settings.llm_first, settings.llm_total) == ("ollama:llama3", 5.0, 7.5)
    assert settings.unsupported == "show"
    assert Settings.from_environment(environment, llm="anthropic:x").llm == "anthropic:x"
    assert Settings.from_environment({}).llm == ""
    with pytest.raises(SettingsError, match="LAGEBILD_LLM_FIRST is 'soon'"):
        Settings.from_environment({"LAGEBILD_LLM_FIRST": "soon"})


def test_empty_variables_are_as_good_as_none() -> None:
    empty = {"LAGEBILD_DATA": "", "LAGEBILD_CACHE": "", "LAGEBILD_EMBEDDING_MODEL": "", "LAGEBILD_ENGINE": ""}
    assert Settings.from_environment(empty) == Settings.from_environment({})


def test_a_folder_that_is_given_wins_over_the_environment() -> None:
    assert Settings.from_environment({"LAGEBILD_DATA": "/a"}, data=Path("/c")).data == Path("/c")


def test_a_tilde_is_the_home_folder() -> None:
    settings = Settings.from_environment({"LAGEBILD_CACHE": "~/c"}, data=Path("~/d"))
    assert (settings.data, settings.cache) == (Path.home() / "d", Path.home() / "c")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"hits": 0}, "hits is 0"),
        ({"llm_first": 0.0}, "llm_first is 0.0"),
        ({"llm_total": float("nan")}, "llm_total is nan"),
        ({"unsupported": "hide"}, "unsupported is 'hide'"),
        ({"max_question": -1}, "max_question is -1"),
        ({"embedding_model": " "}, "is empty"),
        ({"engine": "gpu"}, "onnx"),
    ],
)
def test_a_setting_without_meaning_is_refused_by_name(settings: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings(**settings)  # type: ignore[arg-type]


def test_conversations_are_kept_unless_the_environment_says_no() -> None:
    assert Settings.from_environment({}).keep
    assert not Settings.from_environment({"LAGEBILD_KEEP": "No"}).keep
    assert not Settings.from_environment({}).forgetful().keep
    with pytest.raises(SettingsError, match="nope"):
        Settings.from_environment({"LAGEBILD_KEEP": "nope"})
