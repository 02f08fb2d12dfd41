"""Measuring on one's own questions: figures that can be worked out by hand, and the command as a person uses it."""

from __future__ import annotations

import json
import re
from math import log2
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from assistant import Assistant
from assistant.errors import EvaluationError, SettingsError
from assistant.evaluation.asking import MEASURED, Result, ask_all
from assistant.evaluation.comparing import compare
from assistant.evaluation.figures import Run, read_run, write_run
from assistant.evaluation.judges import choose_judge
from assistant.evaluation.page import write_page
from assistant.evaluation.places import find_places
from assistant.evaluation.questions import Expected, Question, read_questions, write_questions
from assistant.evaluation.ranking import values_of
from tests.command import Done, run
from tests.helpers import QUESTIONS, make_report

_BY_ID = {question.id: question for question in read_questions(QUESTIONS)}
FEW = [_BY_ID[name] for name in ("en-06", "de-09", "ar-13", "en-19")]


class Nobody:
    """Supports nothing."""

    name = "nobody"

    def supports(self, text: str, statement: str) -> bool:
        return not (text or statement)


def result(number: int, **values: float) -> Result:
    named = {name.replace("_", " "): value for name, value in values.items()}
    return Result(
        id=f"q{number}",
        question=f"<b onmouseover=alert({number})>Who?</b>",
        language="en",
        kind="$x$ & <i>",
        asked="same",
        values=named,
        ms=float(number),
        refusal=None,
        as_of=None,
        cited=("</td><script>alert(1)</script><img src=https://example.org/x.png>",),
    )


def run_of(*results: Result, judge: str = "nobody") -> Run:
    return Run(about={"judge": judge, "questions": "<script>"}, results=results)


def test_the_measures_of_a_ranking_are_those_of_the_textbook() -> None:
    values = values_of(["right", "also"], {"wrong": 3.0, "right": 2.0, "other": 1.0})
    ideal = 1 + 1 / log2(3)
    assert values == pytest.approx(
        {"Success@1": 0, "Success@3": 1, "Success@10": 1, "RR": 1 / 2, "nDCG@10": (1 / log2(3)) / ideal}
    )
    assert set(values_of(["right"], {}).values()) == {0.0}


def test_questions_are_measured_over_the_reports(tiny: Assistant) -> None:
    near, far = make_report("aaa bbbbbbbb cc.", title="near"), make_report("a b c\n d e f.", title="far")
    tiny.ingest([near, far])
    asked = [
        Question(question="xxx yyyyyyyy zz", expected=(Expected(quote="aaa  bbbbbbbb"),), expected_date="2017-11-09"),
        Question(question="xxx yyyyyyyy zzz", expected=(Expected(quote="b c d", report=far.id),)),
        Question(question="x y z", expected=(Expected(report=near.id), Expected(report=far.id))),
        Question(question="x y w", refusal=True),
        Question(question="x y v"),
    ]
    first, second, both, refused, free = ask_all(tiny, asked, Nobody())
    assert first.values["report hit@1"] == first.values["sentence MRR"] == first.values["cited"] == 1
    assert first.values["dated"] == 1
    assert second.values["report MRR"] == second.values["sentence MRR"] == 1 / 2  # its quote has an end of line in it
    assert both.values["report nDCG@10"] == pytest.approx(1)
    assert "sentence MRR" not in both.values
    assert refused.values.keys() == {"declined", "decided right", "citation recall", "citation precision"}
    assert free.values.keys() == {"citation recall", "citation precision"}
    assert first.values["citation recall"] == 0  # says the judge
    (group, *_) = run_of(first, second, both, refused, free).groups()
    assert group.questions == 5
    assert group.counts["cited"] == 3
    assert group.values["balanced"] == (group.values["answered"] + group.values["declined"]) / 2
    assert set(group.values) <= {*MEASURED, "balanced"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question(question="Who?", expected=(Expected(quote="nobody said so"),)), "'nobody said so' is in no report"),
        (Question(question="Who?", expected=(Expected(report="none.md"),)), "there is no report 'none.md'"),
        (Question(question="Who?", expected=(Expected(quote="aaa", report="b.txt"),)), "'aaa' is not in 'b.txt' (but"),
        (Question(question="Who?", expected=(Expected(quote="aaa"),), since="2018"), "limits (since, as_of, ...)"),
    ],
)  # fmt: skip
def test_what_is_expected_and_not_there_is_named(
    tiny: Assistant, tmp_path: Path, question: Question, told: str
) -> None:
    for name, text in (("a", "aaa bbb."), ("b", "ccc ddd.")):
        (tmp_path / f"{name}.txt").write_text(f" date 2017-11 {text}", "utf-8")
    tiny.ingest([tmp_path / "a.txt", tmp_path / "b.txt"])
    with pytest.raises(EvaluationError) as raised:
        find_places(tiny, [question])
    assert told in str(raised.value)
    assert question.id in str(raised.value)


def test_a_report_is_found_by_its_file_with_as_much_of_the_path_as_it_takes(tiny: Assistant, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "report.txt").write_text(f"The army is in {folder}. It said so.", "utf-8")
    tiny.ingest([tmp_path])
    names = ("report.txt", "one/report.txt", str(tmp_path / "two" / "report.txt"))
    asked = [Question(question=name, expected=(Expected(report=name),)) for name in names]
    assert [len(places[0].reports) for places in find_places(tiny, asked).values()] == [2, 1, 1]


def test_two_runs_are_compared_over_the_questions_that_are_the_same() -> None:
    old = run_of(result(1, cited=1, answered=1), result(2, cited=1), result(3, cited=0), judge="a")
    changed = result(4, cited=0).model_copy(update={"id": "q3"})
    new = run_of(result(1, cited=0, answered=1, citation_recall=1), result(2, cited=1), changed, result(5), judge="b")
    found = compare(old, new, bound=0.4)
    by_name = {d.measure: d for d in found.differences}
    assert by_name.keys() == {"cited", "answered"}
    cited = by_name["cited"]
    assert (cited.pairs, cited.old, cited.new, cited.better, cited.worse) == (3, 2 / 3, 1 / 3, 0, 1)
    assert cited.low <= cited.difference <= cited.high
    assert found.regressions == ()  # a third is within 0.4
    assert [d.measure for d in compare(old, new, bound=0.3).regressions] == ["cited"]
    assert (found.only_old, found.only_new, found.ms_old) == ((), ("q5",), 2)
    with pytest.raises(EvaluationError, match="no question in common"):
        compare(old, run_of(result(9)))


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = run_of(result(1, cited=1, declined=0.5), result(2))
    write_run(run, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == run
    (tmp_path / "other.json").write_text('{"about": {}, "results": [{"id": 1}]}', "utf-8")
    for name, told in (("none.json", "cannot be read"), ("other.json", "this is no run")):
        with pytest.raises(EvaluationError, match=told):
            read_run(tmp_path / name)


def test_the_page_stands_alone_and_shows_hostile_texts_as_texts(tmp_path: Path) -> None:
    run = run_of(result(1, cited=1, report_MRR=0.5, answered=1), result(2, cited=0))
    write_page(run, compare(run_of(result(1, cited=0), result(2, cited=1)), run), tmp_path / "run.html")
    text = (tmp_path / "run.html").read_text("utf-8")
    page = html.fromstring(text)
    assert not page.xpath("//script | //iframe | //link | //object | //form | //*[@onmouseover]")
    loaded = page.xpath("//@src | //@href | //@action | //@srcset | //@data")
    assert len(loaded) >= 3
    assert all(address.startswith("data:image/svg+xml;base64,") for address in loaded)
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
    assert "<b onmouseover=alert(1)>Who?</b>" in page.text_content()
    assert "@import" not in text
    assert "url(" not in re.sub(r"base64,[^\"]*", "", text)


def test_judges_are_chosen_by_name(sample: Assistant) -> None:
    own = choose_judge("", sample)
    assert own.name == "Lagebild's own check"
    assert own.supports("Iraqi forces took al-Qaim on Friday, 3 November.", "Iraqi forces took al-Qaim.")
    assert not own.supports("Iraqi forces took al-Qaim on Friday, 3 November.", "Iraqi forces took Mosul.")
    assert choose_judge("tests.evaluation.test_measuring:Nobody", sample).name == "nobody"
    for name in ("tests.evaluation.nothing:Judge", "json:loads"):
        with pytest.raises(SettingsError, match=name):
            choose_judge(name, sample)


def evaluate(*arguments: str | Path) -> Done:
    return run("eval", *arguments)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory, sample_index: Path) -> Path:
    folder = tmp_path_factory.mktemp("eval")
    write_questions(FEW, folder / "questions.jsonl")
    done = evaluate(folder / "questions.jsonl", "--data", sample_index, "--json", folder / "run.json")
    assert done.returncode == 0, done.stderr
    rows = {line.strip().split("  ")[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
    assert rows["questions"][1:] == ["4", "1", "1", "2", "3", "1"]
    assert rows["cited"][1:] == ["1.000", "-", "1.000", "1.000", "1.000", "-"]
    assert "Lagebild's own check" in done.stdout
    return folder


def test_the_command_gives_figures_of_all_and_by_language_and_kind(first_run: Path) -> None:
    run: dict[str, Any] = json.loads((first_run / "run.json").read_text("utf-8"))
    assert [group["name"] for group in run["groups"]] == [
        *("all", "language ar", "language de", "language en", "kind time", "kind unanswerable"),
    ]
    figures = run["groups"][0]["values"]
    assert figures["cited"] == figures["declined"] == figures["dated"] == figures["balanced"] == 1
    assert 0 < figures["report MRR"] <= 1
    assert run["groups"][0]["p50"] <= run["groups"][0]["p95"]
    assert run["about"]["judge"] == "Lagebild's own check"


def test_worse_than_before_is_told_by_the_exit_code(first_run: Path, sample_index: Path) -> None:
    run = json.loads((first_run / "run.json").read_text("utf-8"))
    for one in run["results"]:
        one["values"] = {name: 1.0 if name.startswith("sentence") else value for name, value in one["values"].items()}
    (first_run / "better.json").write_text(json.dumps(run), "utf-8")
    page = first_run / "run.html"
    judge = ("--judge", "tests.evaluation.test_measuring:Nobody")
    asked = (first_run / "questions.jsonl", "--data", sample_index, "--html", page, *judge)
    done = evaluate(*asked, "--against", first_run / "better.json", "--json", "-")
    assert done.returncode == 6, done.stderr
    worse = json.loads(done.stdout)
    assert worse["about"]["judge"] == "nobody"
    assert worse["groups"][0]["values"]["citation recall"] == 0
    assert "4 questions that are the same in both" in done.stderr
    assert "!" in done.stderr
    assert "Against the earlier run" in page.read_text("utf-8")


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(
    first_run: Path, sample_index: Path, option: str
) -> None:
    missing = first_run / "missing" / "file"
    done = evaluate(first_run / "questions.jsonl", "--data", sample_index, option, missing)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{missing}: this file cannot be written (No such file or directory)" in done.stderr


def test_the_figures_are_shown_where_the_disk_is_full(first_run: Path, sample_index: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")
    done = evaluate(first_run / "questions.jsonl", "--data", sample_index, "--json", "/dev/full")
    assert done.returncode == 1
    assert "balanced" in done.stdout
    assert "/dev/full: this file cannot be written (No space left on device)" in done.stderr


def test_questions_that_cannot_be_used_are_told_before_anything_is_asked(first_run: Path, sample_index: Path) -> None:
    path = first_run / "wrong.jsonl"
    write_questions([Question(question="Who?", expected=(Expected(quote="Nobody said this."),))], path)
    done = evaluate(path, "--data", sample_index)
    assert done.returncode == 1
    assert "'Nobody said this.' is in no report" in done.stderr
    assert "Traceback" not in done.stderr
