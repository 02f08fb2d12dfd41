"""The command line for programs: every command speaks JSON, and questions are answered line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from typer.testing import CliRunner

from assistant import Assistant
from assistant.cli import ask  # noqa: F401  # with it, all commands are there
from assistant.cli.shared import app
from assistant.plain_data import hit_to_dict


def run(*arguments: str | Path, given: bytes | str = "") -> Any:
    """Run a command in this process."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def test_every_command_speaks_json() -> None:
    found = dict(commands(typer.main.get_command(app)))
    assert len(found) > 15
    silent = {path for path, command in found.items() if not any("--json" in one.opts for one in command.params)}
    assert silent == {("mcp",)}  # whose output is JSON as it is


def test_lines_are_answered_with_lines(sample_index: Path) -> None:
    lines = [
        b"Who controls Abu Kamal?",
        b"",
        "من يسيطر على البوكمال؟".encode(),
        b"\xff\xfe broken",
        b"x" * 3_000,
        b"What is the capital of Peru?",
    ]
    result = run("ask", "-", "--data", sample_index, "--as-of", "2017-11-30", given=b"\n".join(lines))
    assert result.exit_code == 3
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, False, True, True, False]
    assert "is empty" in answers[1]["error"]
    assert "utf-8" in answers[3]["error"]
    assert "3000 characters" in answers[4]["error"]
    assert answers[5]["refusal"] == "not_in_reports"
    assert answers[0]["as_of"] <= "2017-11-30"
    assert [answer["question"] for answer in answers if "error" not in answer] == [
        lines[place].decode() for place in (0, 2, 5)
    ]
    assert run("ask", "-", "--data", sample_index, given="Who took Rawa?\n").exit_code == 0
    assert run("ask", "-", "--data", sample_index).stdout == ""


def test_a_search_shows_what_a_score_is_the_sum_of(sample_index: Path, sample: Assistant) -> None:
    question = "Who took Rawa?"
    found = json.loads(run("search", question, "--count", "3", "--json", "--data", sample_index).stdout)["hits"]
    assert found == json.loads(json.dumps([hit_to_dict(hit) for hit in sample.retrieve(question, 3)]))
    for hit in found:
        assert abs(sum(hit["why"].values()) - hit["score"]) < 1e-4
    shown = run("search", question, "--language", "ar", "--data", sample_index).stdout
    assert "(ar), characters " in shown
    assert "dense " in shown
    assert run("search", question, "--language", "tr", "--data", sample_index).exit_code == 4


def test_an_answer_is_streamed_as_events(sample_index: Path) -> None:
    events = run("ask", "Who took Rawa?", "--stream", "--json", "--data", sample_index).stdout.splitlines()
    *parts, last = [json.loads(line) for line in events]
    assert last["event"] == "answer"
    assert [part["data"] for part in parts if part["event"] == "statement"] == last["data"]["statements"]


def test_what_changes_the_data_says_so_in_json(tmp_path: Path) -> None:
    def done(*arguments: str | Path, given: str = "") -> Any:
        result = run(*arguments, "--json", "--data", tmp_path / "data", given=given)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    report = tmp_path / "rawa.txt"
    report.write_text(" date 2017-11-17 The army took Rawa. Residents had left it before.", "utf-8")
    assert done("ingest", report)["added"] == [str(report.resolve())]
    report_id = done("search", "Rawa")["hits"][0]["report"]["id"]
    assert done("rebuild") == {"reports": 1}
    saved = done("backup", tmp_path / "saved")
    assert saved == {"reports": 1, "bytes": (tmp_path / "saved").stat().st_size, "file": str(tmp_path / "saved")}
    assert done("restore", tmp_path / "saved", "--replace")["reports"] == 1
    assert done("export", tmp_path / "all.jsonl")["reports"] == 1
    turn = done("chat", given="Who took Rawa?\n")
    conversation = turn["conversation"]
    assert done("conversations", "rename", conversation, "Rawa")["title"] == "Rawa"
    assert done("conversations", "export", conversation)["title"] == "Rawa"
    assert done("conversations", "export", conversation, tmp_path / "talk.md")["questions"] == 1
    assert done("conversations", "delete", conversation, "--yes") == {"deleted": [conversation]}
    assert done("forget", report_id, "nobody", "--yes") == {
        "forgotten": [report_id],
        "unknown": ["nobody"],
        "origins": [str(report.resolve())],
    }
