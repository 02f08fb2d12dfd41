"""The assistant as others import it: questions, refusals, errors, life and threads."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import Assistant, Settings
from assistant.embedding import WordLengthEmbedder
from assistant.errors import CatalogDamagedError, DataFolderError, IndexMismatchError, QuestionError
from assistant.records import Refusal
from tests.helpers import EXAMPLES, NamedEmbedder, make_report, numbered_report


def random_questions(count: int) -> list[str]:
    """Words of the example reports, as a person would type them."""
    chance = random.Random(20171109)
    paths = sorted(EXAMPLES.iterdir())
    questions = []
    for _ in range(count):
        body = chance.choice(paths).read_text("utf-8").split("---", 2)[2]
        sentence = chance.choice([line for line in re.split(r"(?<=[.؟?!])\s", body) if len(line.split()) > 6])
        words = sentence.split()
        start = chance.randrange(len(words) - 4)
        questions.append(" ".join(words[start : start + chance.randint(4, 9)]) + "?")
    return questions


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The examples' bytes by title."""
    found = {}
    for path in EXAMPLES.iterdir():
        content = path.read_bytes()
        title = re.search(r'^title: "(.*)"$', content.decode(), re.MULTILINE)
        assert title is not None
        found[title[1].replace('\\"', '"')] = content
    return found


def test_a_place_with_a_name_of_two_letters_is_where_it_is(tiny: Assistant) -> None:
    tiny.ingest([make_report(text="The army took the town of Ha Dzong on Friday.")])
    (place,) = tiny.places()
    assert (place.name, place.country) == ("Ha", "BT")
    assert place.latitude == pytest.approx(27.4, abs=0.2)
    assert place.longitude == pytest.approx(89.3, abs=0.2)


def test_every_quote_is_in_its_file_byte_for_byte(sample: Assistant, files: dict[str, bytes]) -> None:
    cited = 0
    for question in random_questions(64):
        answer = sample.ask(question)
        assert (answer.refusal is None) == bool(answer.citations)
        for citation in answer.citations:
            assert citation.quote == citation.report.text[citation.start : citation.end]
            assert citation.quote.encode() in files[citation.report.title]
            assert citation.quote == citation.quote.strip()
            cited += 1
        for hit in answer.hits:
            assert hit.text.encode() in files[hit.report.title]
        assert len(answer.hits) <= sample.settings.hits
        assert answer.provenance["embedding"] == sample.embedder.identity
        assert int(answer.provenance["ms"]) >= 0
    assert cited > 64


def test_status_says_what_the_index_holds(sample: Assistant) -> None:
    status = sample.status()
    assert status.counts.reports == 26 == sum(status.languages.values())
    assert set(status.languages) == {"en", "ar", "de"}
    assert list(status.languages.values()) == sorted(status.languages.values(), reverse=True)
    assert status.counts.passages < status.counts.sentences
    assert (str(status.oldest), str(status.newest)) == ("2017", "2017-12-22")
    assert status.made_with["embedding_model"] == sample.embedder.identity


def test_threads_share_an_assistant(sample: Assistant) -> None:
    questions = random_questions(6)
    alone = [sample.ask(question).citations for question in questions]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda question: sample.ask(question).citations, questions * 2))
    assert together == alone * 2


# -- without a model


def test_there_is_no_index_yet(tiny: Assistant) -> None:
    for use in (lambda: tiny.ask("Who?"), lambda: tiny.retrieve("Who?"), tiny.status, tiny.warm):
        with pytest.raises(DataFolderError, match="lagebild ingest"):
            use()
    assert not tiny.settings.data.exists()


def test_an_index_without_reports_refuses_as_such(tiny: Assistant, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    tiny.ingest([tmp_path / "empty.txt"])
    answer = tiny.ask("Who controls the town?")
    assert (answer.refusal, answer.hits, answer.citations) == (Refusal.NO_REPORTS, (), ())
    tiny.warm()
    assert tiny.status().counts.reports == 0
    assert tiny.status().oldest is None


@pytest.mark.parametrize("question", ["", " ", "\n\t\u00a0", "\ud800", "\0\0"])
def test_an_empty_question_is_told(tiny: Assistant, question: str) -> None:
    for ask in (tiny.ask, tiny.retrieve):
        with pytest.raises(QuestionError, match="empty"):
            ask(question)


def test_a_question_that_is_too_long_is_told_with_the_limit(tiny: Assistant) -> None:
    with pytest.raises(QuestionError, match="2000"):
        tiny.ask("x" * 2_001)
    with pytest.raises(QuestionError, match="50000000"):
        tiny.ask("x" * 50_000_000)
    tiny.ingest([make_report()])
    assert tiny.ask("x" * 2_000).citations


@pytest.mark.parametrize(
    "question",
    [
        *(
            '" OR 1=1 --',
            "AND",
            "NEAR(a b)",
            "*",
            "'; DROP TABLE reports",
            "a\0b",
            "a\ud800b",
            "\u202etxet",
            "{}",
            "$date",
        ),
        *("%s %n", "<script>alert(1)</script>", "?" * 500, "🚀", "ﷺ", "١٢٣", "\u200b", "\\", "(", "x:y^2"),
    ],
)
def test_no_question_breaks_it(tiny: Assistant, question: str) -> None:
    tiny.ingest([make_report(), make_report("ﷺ ١٢٣ a b NEAR txet. AND * OR.", title="odd")])
    answer = tiny.ask(question)
    assert answer.refusal is None
    assert answer.citations
    assert answer.question in question.replace("\0", " ").replace("\ud800", "")


def test_new_reports_are_known_at_once_and_changed_ones_replace(tiny: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("The convoy left on Monday. It was large.", "utf-8")
    tiny.ingest([str(path)])
    assert "Monday" in tiny.retrieve("convoy")[0].text
    path.write_text("The convoy left on Tuesday. It was large.", "utf-8")
    result = tiny.ingest([path])
    assert len(result.replaced) == 1
    assert [hit.text for hit in tiny.retrieve("convoy")] == ["The convoy left on Tuesday. It was large."]


def test_paths_and_reports_are_not_mixed(tiny: Assistant, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not both"):
        tiny.ingest([make_report(), tmp_path])  # type: ignore[arg-type]


def test_a_report_is_found_by_its_id(tiny: Assistant) -> None:
    report = make_report()
    tiny.ingest([report])
    assert tiny.report(report.id) == report
    assert tiny.report("absent") is None


def test_after_closing_the_next_question_opens_again(tiny: Assistant) -> None:
    tiny.ingest([numbered_report(1)])
    before = tiny.ask("Where is convoy 1?").citations
    tiny.close()
    tiny.close()
    assert tiny.ask("Where is convoy 1?").citations == before


def test_another_model_than_the_indexs_is_refused_with_both_names(tiny: Assistant) -> None:
    tiny.ingest([make_report()])
    data = tiny.settings.data
    with Assistant(data, embedder=NamedEmbedder("another model")) as other:
        with pytest.raises(IndexMismatchError, match="word lengths") as caught:
            other.ask("Who?")
        assert "another model" in str(caught.value)
        with pytest.raises(IndexMismatchError):
            other.ingest([make_report("New. Text.")])
    with Assistant(settings=Settings(data=data)) as other, pytest.raises(IndexMismatchError, match="e5-small"):
        other.ask("Who?")


def test_a_damaged_catalog_is_told_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"This is no database, whatever its name says." * 100)
    before = (tmp_path / "catalog.sqlite").read_bytes()
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        for use in (lambda: assistant.ask("Who?"), lambda: assistant.ingest([make_report()])):
            with pytest.raises(CatalogDamagedError):
                use()
    assert (tmp_path / "catalog.sqlite").read_bytes() == before


def test_the_number_of_hits_is_a_setting(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", hits=2)
    with Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(4)])
        assert len(assistant.retrieve("convoy")) == 2
        assert len(assistant.ask("convoy").hits) == 2
