"""Conversations on the command line: run for real, judged by what is printed and by the exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assistant.store import Catalog
from tests.command import Done, run

QUESTIONS = "Who took Abu Kamal?\n\nAnd al-Qaim?\nwho says so?\n"


def chat(questions: str, *arguments: str | Path, **settings: str) -> Done:
    return run("chat", *arguments, given=questions, environment=settings)


@pytest.fixture(scope="module")
def data(sample_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(sample_files, tmp_path_factory.mktemp("chat") / "data"))


@pytest.fixture(scope="module")
def turns(data: Path) -> list[dict[str, object]]:
    """A conversation that is kept, as the command printed it."""
    done = chat(QUESTIONS, "--data", data, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_is_a_question_and_follow_ups_are_understood(data: Path, turns: list[dict[str, object]]) -> None:
    assert [turn["question"] for turn in turns] == ["Who took Abu Kamal?", "And al-Qaim?", "who says so?"]
    assert [turn["resolved"] for turn in turns] == [
        None,
        "Who took al-Qaim?",
        "who says so? Who took al-Qaim?",
    ]
    assert all(turn["kept"] for turn in turns)
    assert turns[1]["understood"] == {
        "question": "Who took al-Qaim?",
        "wish": "answer",
        "carried": [{"kind": "subject", "text": "Who took"}],
    }
    for turn in turns:
        assert isinstance(turn["answer"], dict)
        assert turn["answer"]["citations"]


def test_a_conversation_is_listed_shown_renamed_exported_and_gone_on_with(
    data: Path, turns: list[dict[str, object]], tmp_path: Path
) -> None:
    name = str(turns[0]["conversation"])
    (listed,) = json.loads(run("conversations", "list", "--json", "--data", data).stdout)
    assert (listed["id"], listed["title"], listed["turns"]) == (name, "Who took Abu Kamal?", 3)
    shown = run("conversations", "show", name, "--data", data).stdout
    assert "Understood as: Who took al-Qaim?" in shown
    assert run("conversations", "rename", name, "Two towns", "--data", data).stdout == f"{name}  Two towns\n"
    assert f"{name}  " in run("conversations", "list", "--data", data).stdout
    file = tmp_path / "talk.md"
    assert run("conversations", "export", name, file, "--data", data).stdout == f"3 questions in {file}\n"
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_text("utf-8").startswith("# Two towns\n")
    assert "cannot be made" in run("conversations", "export", name, file, "--data", data).stderr
    exported = json.loads(run("conversations", "export", name, "--format", "json", "--data", data).stdout)
    assert [turn["answer"] for turn in exported["turns"]] == [turn["answer"] for turn in turns]
    again = chat("and in December 2017?\n", "--conversation", name, "--data", data)
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("Understood as: Who took al-Qaim in December 2017?\n")
    assert f"--conversation {name}" in again.stderr


def test_what_is_said_of_answers_is_saved_as_questions_and_eval_asks_them(
    data: Path, turns: list[dict[str, object]], tmp_path: Path
) -> None:
    name, file = str(turns[0]["conversation"]), tmp_path / "judged.jsonl"
    said = run("conversations", "judge", name, "2", "right", "--note", "see [1]", "--data", data)
    assert said.stdout == f"{name}-2  right\n", said.stderr
    run("conversations", "judge", name, "3", "wrong", "--data", data)
    shown = run("feedback", "--data", data).stdout
    assert shown == f"{name}-2  right         And al-Qaim?\n    see [1]\n{name}-3  wrong         who says so?\n"
    saved = run("feedback", file, "--data", data)
    assert saved.stdout == f"1 questions in {file}\n1 left out: they are no questions by themselves\n", saved.stderr
    assert file.stat().st_mode & 0o077 == 0
    measured = json.loads(run("eval", file, "--json", "-", "--data", data).stdout)
    (result,) = measured["results"]
    assert (result["question"], result["kind"], result["values"]["cited"]) == ("Who took al-Qaim?", "right", 1)
    assert run("conversations", "judge", name, "2", "none", "--json", "--data", data).stdout == "null\n"


def test_a_deleted_conversation_is_gone_and_its_words_too(data: Path) -> None:
    name = json.loads(chat("Did Unheardofia fall?\n", "--data", data, "--json").stdout)["conversation"]
    asked = run("conversations", "delete", name, "--data", data)  # nobody there to say yes
    assert asked.returncode == 1
    assert "Did Unheardofia fall?" in asked.stderr
    assert run("conversations", "delete", name, "--yes", "--data", data).stdout == "1 conversations deleted\n"
    gone = run("conversations", "show", name, "--data", data)
    assert gone.returncode == 1
    assert "no such conversation" in gone.stderr
    for path in data.rglob("*"):
        assert path.is_dir() or b"Unheardofia" not in path.read_bytes(), path


def test_the_quotes_of_a_report_that_was_replaced_are_forgotten_by_its_id(data: Path) -> None:
    talk = json.loads(chat("Who took al-Qaim?\n", "--data", data, "--json").stdout)
    cited = talk["answer"]["citations"][0]
    with Catalog(data / "catalog.sqlite") as catalog:
        origin = catalog.origins_of([cited["report"]["id"]])[0]
        catalog.remove_origin(origin)  # as an ingest does, when the file has changed
    shown = run("conversations", "show", talk["conversation"], "--data", data).stdout
    assert f"“{cited['quote']}”" in shown
    assert "no longer among the reports" in shown
    done = run("forget", cited["report"]["id"], "--yes", "--data", data)
    assert done.stdout == "1 reports forgotten\n", done.stderr
    shown = run("conversations", "show", talk["conversation"], "--data", data).stdout
    assert cited["quote"] not in shown
    assert "was forgotten" in shown


@pytest.mark.parametrize(("arguments", "settings"), [(["--forgetful"], {}), ([], {"LAGEBILD_KEEP": "no"})])
def test_nothing_is_kept_where_that_is_not_wanted(data: Path, arguments: list[str], settings: dict[str, str]) -> None:
    done = chat("Did Neverheardofia fall?\nwhy?\n", *arguments, "--data", data, "--json", **settings)
    assert [json.loads(line)["kept"] for line in done.stdout.splitlines()] == [False, False]
    assert not any(b"Neverheardofia" in path.read_bytes() for path in data.rglob("*") if path.is_file())


def test_a_question_that_cannot_be_asked_is_told_and_the_next_one_is_answered(data: Path) -> None:
    done = chat("x" * 3_000 + "\nWho took Rawa?\n", "--forgetful", "--data", data)
    assert done.returncode == 0
    assert "3000 characters" in done.stderr
    assert done.stdout.startswith("As of ")


@pytest.mark.parametrize("command", ["list", "show", "export", "rename", "delete", "judge"])
def test_every_command_has_a_help_text(command: str) -> None:
    result = run("conversations", command, "--help")
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) > 5
