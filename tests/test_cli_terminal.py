"""The command line over reports that would have the terminal do something: all of it is seen, and nothing is done."""

from __future__ import annotations

import json
import os
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import Assistant
from assistant.cli import main
from assistant.cli.shared import app
from assistant.embedding import WordLengthEmbedder
from assistant.errors import SettingsError
from tests.helpers import make_report

CONTROLS = "\x1b]52;c;ZXZpbA==\x1b\\ \x1b[2J \x9b31m \x07 \x08 \r \x0c \x7f \u202e\u2066 :fire: [bold]"
SHOWN = r"\u001b]52;c;ZXZpbA==\u001b\ \u001b[2J \u009b31m \u0007 \u0008 \u000d \u000c \u007f \u202e\u2066 :fire: [bold]"
SENTENCE = "The army took the town on Thursday \x1b[2K\x9b1A :fire:."
SENTENCE_SHOWN = r"The army took the town on Thursday \u001b[2K\u009b1A :fire:."
QUESTION = f"Which town did the army take? {CONTROLS}"
ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]")
NO_UTF8 = os.fsdecode(b"caf\xe9")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for command in ("ask", "chat"):
        monkeypatch.setattr(f"assistant.cli.{command}.Assistant", partial(Assistant, embedder=WordLengthEmbedder()))
    with Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as assistant:
        report = make_report(f"{SENTENCE} Residents fled.", title=f"Title {CONTROLS}", source=f"Desk {CONTROLS}")
        assistant.ingest([report])
        assistant.conversation().ask(QUESTION)
    return tmp_path / "data"


def run(*arguments: str | Path, data: Path) -> Any:
    result = CliRunner().invoke(app, [*map(str, arguments), "--data", str(data)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert not ACTS.search(result.output), result.output
    return result


def the_one(data: Path) -> str:
    return str(json.loads(run("conversations", "list", "--json", data=data).stdout)[0]["id"])


@pytest.mark.parametrize("command", [("ask", QUESTION, "--explain"), ("search", QUESTION)])
def test_what_acts_in_a_report_is_shown_and_does_nothing(data: Path, command: tuple[str, ...]) -> None:
    shown = run(*command, data=data).stdout
    assert SENTENCE_SHOWN in shown
    assert f"Desk {SHOWN}, Title {SHOWN}" in shown
    assert r"\u2068" not in shown  # what keeps a source from turning the line is nothing to be read


def test_nor_does_what_acts_in_a_conversation(data: Path) -> None:
    one = the_one(data)
    assert SHOWN[:20] in run("conversations", "list", data=data).stdout
    assert SHOWN in run("conversations", "show", one, data=data).stdout
    assert SHOWN in run("conversations", "rename", one, CONTROLS, data=data).stdout
    assert SHOWN in run("conversations", "delete", one, "--yes", data=data).stderr


@pytest.mark.parametrize("title", ["", " ", "\x1b\x9b"])
def test_a_title_of_which_nothing_is_seen_is_refused(data: Path, title: str) -> None:
    one = the_one(data)
    result = CliRunner().invoke(app, ["conversations", "rename", one, title, "--data", str(data)])
    assert isinstance(result.exception, SettingsError)


def test_json_means_what_was_there(data: Path) -> None:
    answer = json.loads(run("ask", QUESTION, "--json", data=data).stdout)
    told = answer["citations"] or answer["hits"]
    assert told[0]["report"]["title"] == f"Title {CONTROLS}"
    exported = json.loads(run("conversations", "export", the_one(data), "--format", "json", data=data).stdout)
    assert exported["turns"][0]["question"] == QUESTION
    assert json.loads(run("export", data=data).stdout)["title"] == f"Title {CONTROLS}"


def test_a_name_that_is_no_utf8_is_shown_wherever_it_comes_from(data: Path, tmp_path: Path) -> None:
    try:
        (tmp_path / NO_UTF8).mkdir()
    except OSError:
        pytest.skip("this file system takes no such name")
    planned = run("ingest", tmp_path / NO_UTF8, f"{NO_UTF8}.txt", "--json", "--dry-run", data=data).stdout
    assert [Path(error["origin"]).name for error in json.loads(planned)["refused"]] == [r"caf\xe9", r"caf\xe9.txt"]


def test_an_export_is_made_harmless_for_a_terminal_and_nowhere_else(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    one = the_one(data)
    assert run("conversations", "export", one, tmp_path / "kept.md", data=data).exit_code == 0
    kept = (tmp_path / "kept.md").read_text("utf-8")
    assert "\x1b" in kept
    with pytest.raises(SystemExit):
        main(["conversations", "export", one, "--data", str(data)])
    assert capfd.readouterr().out.splitlines()[0] == kept.splitlines()[0]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(SystemExit):
        main(["conversations", "export", one, "--data", str(data)])
    shown = capfd.readouterr().out
    assert not ACTS.search(shown)
    assert r"\u001b\[2J" in shown


def test_a_message_of_an_error_does_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit):
        main(["status", "--data", str(tmp_path / f"\x1b[2J :fire: {NO_UTF8}")])
    told = capsys.readouterr().err
    assert r"\u001b[2J :fire: caf\udce9" in told
    assert not ACTS.search(told)
