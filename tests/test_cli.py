"""The command line as a person uses it: run for real, judged by what it prints and by its exit code."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.embedding import Embedder
from assistant.rest import build_api
from tests.command import run, started

SAMPLES = Path(__file__).parents[1] / "examples" / "reports"
CARE = ["watch", "verify", "rebuild", "backup", "restore", "export", "forget"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "data"
    result = run("ingest", SAMPLES, "--data", folder)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "26 added, 0 replaced, 0 unchanged, 0 refused"
    assert re.search(r"26 reports, [\d.]+/s +\d:\d\d:\d\d", result.stderr)  # the progress bar
    return folder


def test_fetch_connects_to_nothing_but_the_public_internet(tmp_path: Path) -> None:
    addresses = tmp_path / "list.txt"
    addresses.write_text("# mine\nhttp://169.254.169.254/latest/meta-data/\n", "utf-8")
    result = run(
        "fetch", "http://127.0.0.1:1/", "file:///etc/passwd", "--list", addresses, "--json", data=tmp_path / "x"
    )
    assert result.returncode == 3, result.stderr
    refused = {error["origin"]: error["reason"] for error in json.loads(result.stdout)["refused"]}
    assert list(refused) == ["http://127.0.0.1:1/", "file:///etc/passwd", "http://169.254.169.254/latest/meta-data/"]
    assert "not on the public internet" in refused["http://127.0.0.1:1/"]
    assert "not http or https" in refused["file:///etc/passwd"]
    assert run("fetch", data=tmp_path).returncode == 2
    assert "cannot be read" in run("fetch", "--list", tmp_path / "none.txt", data=tmp_path).stderr


@pytest.mark.parametrize("command", [["fetch", "file:///etc/passwd"], ["ingest", SAMPLES], ["watch", SAMPLES]])
def test_whatever_brings_reports_in_keeps_the_vectors_where_the_environment_says(
    tmp_path: Path, command: list[str | Path]
) -> None:
    result = run(*command, data=tmp_path / "data", environment={"LAGEBILD_CHROMA": "nowhere"})
    assert result.returncode == 1
    assert "chroma is 'nowhere'. Name a server" in result.stderr


def test_ask_prints_sentences_with_their_sources_and_the_date(data: Path) -> None:
    result = started("ask", "Who controls Abu Kamal?", "--data", data)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("As of ")
    assert "Al-Bukamal is under the full control of the Syrian army and its allies" in result.stdout
    assert "2017-11-19, Levant Desk, Army declares Al-Bukamal captured, again (en), characters" in result.stdout


@pytest.mark.parametrize(
    "question", ["Who controls Abu Kamal?", "Wer kontrolliert Abu Kamal?", "من يسيطر على البوكمال؟"]
)
def test_ask_json_has_quotes_that_are_in_the_files_byte_for_byte(data: Path, question: str) -> None:
    result = run("ask", question, "--json", data=data)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["refusal"] is None
    assert answer["as_of"] == "2017-12-12" or answer["as_of"].startswith("2017-11")
    assert 1 <= len(answer["statements"]) <= 5
    files = [path.read_bytes() for path in SAMPLES.iterdir()]
    numbers = {citation["number"] for citation in answer["citations"]}
    for statement in answer["statements"]:
        assert statement["citations"]
        assert set(statement["citations"]) <= numbers
    for citation in answer["citations"]:
        assert any(citation["quote"].encode() in file for file in files)
        assert citation["end"] - citation["start"] == len(citation["quote"])
        assert set(citation["report"]) == {"id", "title", "source", "published", "language", "url", "details"}
    assert {"caveats", "hits", "provenance"} <= set(answer)


def test_without_a_language_model_nobody_complains_of_it(data: Path) -> None:
    without = {"LAGEBILD_LLM": "", "OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": ""}
    asked = run("ask", "Who controls Abu Kamal?", "--data", data, environment=without)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert not re.search("model|LLM|key", asked.stdout)
    answer = json.loads(run("ask", "Who controls Abu Kamal?", "--json", "--data", data, environment=without).stdout)
    assert answer["provenance"]["answerer"] == "extractive"
    assert "model" not in str(answer["caveats"])


def test_a_question_that_the_reports_do_not_answer_is_declined_with_exit_code_4(data: Path) -> None:
    result = run("ask", "What is the capital of Peru?", "--json", "--data", data)
    assert result.returncode == 4
    answer = json.loads(result.stdout)
    assert answer["refusal"] == "not_in_reports"
    assert answer["statements"] == answer["citations"] == []
    assert answer["as_of"] is None
    assert answer["hits"]


def test_status_says_what_the_index_holds(data: Path) -> None:
    status = json.loads(run("status", "--json", "--data", data).stdout)
    assert status["reports"] == 26
    assert status["languages"] == {"en": 12, "ar": 7, "de": 7}
    assert status["newest"] == "2017-12-22"
    assert status["made_with"]["embedding_model"].startswith("multilingual-e5-small ")
    assert run("status", "--data", data).stdout.count("\n") == len(status)


def test_ingesting_the_same_files_again_does_nothing_and_loads_no_model(data: Path) -> None:
    again = run("ingest", SAMPLES, "--json", "--data", data)
    assert again.returncode == 0
    report = json.loads(again.stdout)
    assert len(report["unchanged"]) == 26
    assert report["added"] == report["replaced"] == report["refused"] == []


def test_progress_is_told_beside_the_result_and_not_at_all_where_it_is_to_be_quiet(data: Path) -> None:
    told = run("ingest", SAMPLES, "--data", data)
    assert "reports" in told.stderr
    for quiet in ("--quiet", "-q"):
        hushed = run("ingest", SAMPLES, "--data", data, quiet)
        assert hushed.stderr == ""
        assert hushed.stdout == told.stdout == "0 added, 0 replaced, 26 unchanged, 0 refused\n"


def test_a_running_server_finds_what_another_process_took_in_at_the_next_question(
    sample_files: Path, embedder: Embedder, tmp_path: Path
) -> None:
    folder = shutil.copytree(sample_files, tmp_path / "data")
    new = tmp_path / "new.txt"
    new.write_text(" date 2018-04-07 The bridge at Quxburg was blown up on Monday.", "utf-8")
    with Assistant(folder, embedder=embedder) as assistant, TestClient(build_api(assistant)) as client:
        asked = {"question": "Who blew up the bridge at Quxburg?"}
        assert "Quxburg" not in str(client.post("/retrieve", json=asked).json())
        assert started("ingest", new, "--data", folder).returncode == 0
        (first, *_) = client.post("/retrieve", json=asked).json()["hits"]
        assert "Quxburg" in first["text"]


def test_bad_files_are_named_and_the_rest_is_ingested(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "good.txt").write_text(" date 2017-11-09 The army entered the town. It met no resistance.", "utf-8")
    (inbox / "empty.txt").write_bytes(b"")
    (inbox / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (inbox / "broken.jsonl").write_text('{"text": "One report in a line."}\n{"text": \n', "utf-8")
    (inbox / "broken.md").write_text('---\ntitle: "open\n---\nText of the report.', "utf-8")
    result = run("ingest", inbox, "--json", "--data", tmp_path / "data")
    assert result.returncode == 3
    outcome = json.loads(result.stdout)
    assert len(outcome["added"]) == 2
    refused = {Path(error["origin"]).name: error["reason"] for error in outcome["refused"]}
    assert refused.keys() == {"empty.txt", "picture.md", "broken.jsonl#2", "broken.md"}
    assert "empty" in refused["empty.txt"]
    assert all(refused.values())
    told = run("ingest", inbox, "--data", tmp_path / "data").stderr
    assert all(name in told and reason in told for name, reason in refused.items())
    (inbox / "empty.txt").write_text("It was filled. All is well.", "utf-8")
    retried = json.loads(run("ingest", "--retry", "--json", "--data", tmp_path / "data").stdout)
    assert [Path(origin).name for origin in retried["added"]] == ["empty.txt"]
    assert len(retried["refused"]) == 3
    assert [Path(origin).name for origin in retried["unchanged"]] == ["broken.jsonl#1"]  # in the same file


def test_a_dry_run_and_pruning_say_what_would_be_done_and_ask(tmp_path: Path) -> None:
    inbox, data = tmp_path / "inbox", tmp_path / "data"
    inbox.mkdir()
    for name in ("a.txt", "b.txt"):
        (inbox / name).write_text(f"Report {name} of the army. It took the town.", "utf-8")
    assert run("ingest", inbox, "--dry-run", "--data", data).stdout == (
        "2 would be added, 0 would be replaced, 0 would be unchanged, 0 would be refused\n"
    )
    assert not data.exists()
    assert run("ingest", inbox, "--data", data).returncode == 0
    (inbox / "b.txt").unlink()
    assert "--prune removes them" in run("ingest", inbox, "--data", data).stderr
    asked = run("ingest", inbox, "--prune", "--data", data)  # nobody there to say yes
    assert asked.returncode == 1
    assert str(inbox / "b.txt") in asked.stderr
    pruned = json.loads(run("ingest", inbox, "--prune", "--yes", "--json", "--data", data).stdout)
    assert pruned["removed"] == [str((inbox / "b.txt").resolve())]
    assert json.loads(run("status", "--json", "--data", data).stdout)["reports"] == 1


@pytest.mark.parametrize("command", [["ask", "anything"], ["status"]])
def test_a_missing_data_folder_is_named_with_the_next_step(tmp_path: Path, command: list[str]) -> None:
    result = run(*command, "--data", tmp_path / "nowhere")
    assert result.returncode == 1
    assert str(tmp_path / "nowhere") in result.stderr
    assert "lagebild ingest" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_folder_and_a_wrong_path_are_errors_that_name_them(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, reason in (("empty", "no report in this folder"), ("absent", "no such file")):
        result = run("ingest", tmp_path / path, "--data", tmp_path / "data")
        assert result.returncode == 3
        assert str(tmp_path / path) in result.stderr
        assert reason in result.stderr


def test_an_index_made_with_another_model_is_refused_by_name(tmp_path: Path) -> None:
    from assistant import Assistant
    from assistant.embedding import WordLengthEmbedder

    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([SAMPLES / "2017-11-17-rawa-retaken.en.md"])
    for command in (["ask", "Who took Rawa?"], ["ingest", str(SAMPLES)]):
        result = run(*command, "--data", tmp_path)
        assert result.returncode == 1
        assert "word lengths" in result.stderr
        assert "multilingual-e5-small" in result.stderr
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        assert assistant.status().counts.reports == 1


def test_an_empty_question_and_a_long_one_are_errors(data: Path) -> None:
    assert "empty" in run("ask", "  ", "--data", data).stderr
    result = run("ask", "a" * 2_001, "--data", data)
    assert result.returncode == 1
    assert "2001 characters" in result.stderr


def test_an_address_that_others_can_reach_is_refused_with_the_reason(data: Path) -> None:
    result = run("serve", "--host", "0.0.0.0", "--data", data)
    assert result.returncode == 1
    assert "0.0.0.0" in result.stderr
    assert "login" in result.stderr


@pytest.mark.parametrize("command", ["", "ingest", "ask", "status", "serve", "bench", *CARE])
def test_every_command_has_a_help_text(command: str) -> None:
    result = run(*filter(None, [command]), "--help")
    assert result.returncode == 0
    assert "--help" in result.stdout
    assert len(result.stdout.splitlines()) > 5


def test_a_wrong_call_has_exit_code_2() -> None:
    assert run("ask").returncode == 2
    assert run("ask", "x", "--nonsense").returncode == 2


# -- looking after the data


def test_what_is_whole_is_verified_and_damage_has_exit_code_5_until_it_is_rebuilt(data: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    whole = run("verify", "--json", "--data", copy)
    assert whole.returncode == 0, whole.stderr
    found = json.loads(whole.stdout)
    assert found["problems"] == []
    assert found["counts"]["reports"] == found["samples"] == found["found"] == 26
    next((copy / "vectors").rglob("data_level0.bin")).write_bytes(b"0")
    damaged = run("verify", "--data", copy)
    assert damaged.returncode == 5
    assert "Wrong: files of the vector index are missing or damaged" in damaged.stdout
    assert "lagebild rebuild" in damaged.stdout
    assert run("rebuild", "--data", copy).stdout == "26 reports, indexed anew\n"
    assert "All is there and whole." in run("verify", "--data", copy).stdout


@pytest.mark.parametrize(
    "command", [["verify"], ["backup", "saved"], ["export", "all.jsonl"], ["ingest", SAMPLES, "--dry-run"]]
)
def test_what_only_looks_moves_no_vectors_to_the_server_of_the_environment(
    data: Path, tmp_path: Path, command: list[str | Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    looked = run(*command, "--data", copy, environment={"LAGEBILD_CHROMA": "http://127.0.0.1:9"})
    assert looked.returncode == 0, looked.stderr
    assert not (copy / "chroma.json").exists()
    assert "All is there and whole." in run("verify", "--data", copy).stdout


def test_a_backup_is_restored_elsewhere(data: Path, tmp_path: Path) -> None:
    saved = run("backup", tmp_path / "saved", "--data", data)
    assert saved.stdout.startswith("26 reports, ")
    again = run("backup", tmp_path / "saved", "--data", data)
    assert again.returncode == 1
    assert "--replace" in again.stderr
    assert run("backup", tmp_path / "saved", "--data", data, "--replace").returncode == 0
    restored = run("restore", tmp_path / "saved", "--data", tmp_path / "new")
    assert restored.stdout == f"26 reports in {tmp_path / 'new'}\n"
    assert "--replace" in run("restore", tmp_path / "saved", "--data", tmp_path / "new").stderr
    assert run("export", "--data", tmp_path / "new").stdout == run("export", "--data", data).stdout


def test_an_export_has_a_line_for_each_report(data: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in run("export", "--data", data).stdout.splitlines()]
    file = tmp_path / "all.jsonl"
    assert run("export", file, "--data", data).stdout == f"26 reports in {file}\n"
    assert file.stat().st_mode & 0o077 == 0
    assert "cannot be made" in run("export", file, "--data", data).stderr  # what is there is not overwritten
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == lines
    assert {line["title"] for line in lines} > {"Army declares Al-Bukamal captured, again"}


def test_forgetting_shows_asks_and_leaves_no_trace(data: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    before = json.loads(run("status", "--json", "--data", copy).stdout)["reports"]
    asked = run("forget", "--source", "Levant Desk", "--data", copy)  # nobody there to say yes
    assert asked.returncode == 1
    assert "Army declares Al-Bukamal captured, again" in asked.stderr
    assert json.loads(run("status", "--json", "--data", copy).stdout)["reports"] == before
    done = run("forget", "0123456789abcdef", "--source", "Levant Desk", "--yes", "--data", copy)
    assert done.returncode == 0, done.stderr
    assert "There is no report 0123456789abcdef" in done.stderr
    assert "brings it back" in done.stderr
    for path in copy.rglob("*"):
        assert path.is_dir() or b"Levant Desk" not in path.read_bytes(), path
    assert run("verify", "--data", copy).returncode == 0


def test_embedding_again_with_the_same_model_changes_nothing(tmp_path: Path) -> None:
    run("ingest", SAMPLES / "2017-11-17-rawa-retaken.en.md", "--data", tmp_path)
    before = run("export", "--data", tmp_path).stdout
    assert run("rebuild", "--reembed", "--data", tmp_path).stdout == "1 reports, embedded anew\n"
    assert run("export", "--data", tmp_path).stdout == before
    assert run("verify", "--data", tmp_path).returncode == 0
