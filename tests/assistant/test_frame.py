"""What most reports of a source begin or end with is neither ranked nor quoted; their texts stay as they are."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.dates import PartialDate
from assistant.embedding import Embedder, WordLengthEmbedder
from assistant.gazetteer import GeoNames
from assistant.records import Report

NEWS = (
    "The army captured the old bridge near al-Qaim on Thursday.",
    "A convoy with flour and medicine reached the hospital in Mosul.",
    "Negotiators met in Geneva and agreed on nothing.",
    "The governor of Anbar resigned after protests over water.",
    "Two drones fell into the Euphrates, fishermen said.",
    "Schools in Raqqa opened again for three thousand children.",
    "Smugglers sell petrol at the border for twice its price.",
    "A court in Baghdad sentenced four officers for looting.",
)
SUBSCRIBE = "Our newsletter brings the news of the war into your mailbox every morning."
AUTHOR = "About the author: Jane Doe covers Syria from Beirut."
FRAME = f"{SUBSCRIBE} {AUTHOR}"


def told(number: int, end: str = FRAME, source: str | None = "Levant Desk") -> Report:
    text = f"{NEWS[number % len(NEWS)]} Witness {number} said so.\n\n{end}"
    return Report.make(text, title=f"Report {number}", source=source, published=PartialDate(2017, 11), language="en")


def frames(assistant: Assistant, report: Report) -> frozenset[str]:
    return assistant.catalog().frames([report])[report.id]


def test_it_is_what_half_of_the_reports_have_and_four_at_least(tiny: Assistant) -> None:
    tiny.ingest([told(number) for number in range(3)])
    assert frames(tiny, told(0)) == frozenset()
    tiny.ingest([told(3)])
    assert frames(tiny, told(0)) == {SUBSCRIBE, AUTHOR}
    tiny.ingest([told(number, "Nobody else was there.") for number in range(4, 8)])
    assert frames(tiny, told(0)) == {SUBSCRIBE, AUTHOR, "Nobody else was there."}
    tiny.ingest([told(8, "")])
    assert frames(tiny, told(0)) == frozenset()


def test_it_is_that_of_one_source_and_of_those_without_one_together(tiny: Assistant) -> None:
    tiny.ingest([told(number, source=source) for number, source in enumerate(["A", "A", "B", "B", None, None])])
    assert not any(frames(tiny, told(0, source=source)) for source in ("A", "B", None))
    tiny.ingest([told(number, source=None) for number in (6, 7)])
    assert frames(tiny, told(0, source=None)) == {SUBSCRIBE, AUTHOR}
    assert frames(tiny, told(0, source="A")) == frozenset()


def test_copies_are_one_report(tiny: Assistant) -> None:
    body = " ".join(NEWS)
    copies = [Report.make(f"{body} Copy {n}. {FRAME}", source="A", language="en", title="T") for n in range(6)]
    tiny.ingest([*copies, told(0, source="A"), told(1, source="A")])
    assert frames(tiny, copies[0]) == frozenset()


@pytest.mark.parametrize(
    "said", ["The siege of Mosul goes on.", "It began in 2016.", "Daesh has claimed responsibility.", "So it ended."]
)
def test_what_names_or_counts_something_is_never_of_it(tmp_path: Path, gazetteer: GeoNames, said: str) -> None:
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([told(number, said) for number in range(8)])
        assert frames(assistant, told(0)) == ({said} if said == "So it ended." else frozenset())


def test_the_middle_of_reports_is_never_of_it(tiny: Assistant) -> None:
    line = "Nobody has claimed the attack."
    seen = [f"saw {what} on the {where}" for what in ("a tank", "a lorry", "a boat") for where in ("hill", "road")]
    reports = [
        Report.make(
            " ".join([*(f"{who} {one}." for one in seen), line, *(f"So {who} {one}." for one in seen * 3)]),
            title=who,
            language="en",
        )
        for who in ("Omar", "Layla", "Yusuf", "Maryam", "Khalid")
    ]
    assert len(tiny.ingest(reports).added) == 5
    assert frames(tiny, reports[0]) == frozenset()


def test_it_does_not_depend_on_the_order_and_goes_with_the_reports(tmp_path: Path) -> None:
    reports = [told(number, FRAME if number % 2 else "") for number in range(60)]
    found = set()
    for seed in range(3):
        random.Random(seed).shuffle(reports)
        with Assistant(tmp_path / str(seed), embedder=WordLengthEmbedder()) as assistant:
            for at in range(0, 60, 20):
                assistant.ingest(reports[at : at + 20])
            found.add(frames(assistant, told(1)))
    assert len(found) == 1


def test_records_of_events_have_none(tiny: Assistant) -> None:
    events = [
        Report.make(f"{NEWS[n]} One-sided violence.", title="E", source="UCDP GED", details={"event_id": str(n)})
        for n in range(8)
    ]
    tiny.ingest(events)
    assert frames(tiny, events[0]) == frozenset()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Assistant:
    assistant = Assistant(tmp_path_factory.mktemp("desk"), embedder=embedder)
    assistant.ingest([told(number) for number in range(40)])
    return assistant


@pytest.mark.parametrize(
    "question", ["What brings the news of the war into the mailbox?", "Who covers Syria from Beirut?"]
)
def test_no_answer_quotes_it_and_no_hit_has_it_among_its_sentences(desk: Assistant, question: str) -> None:
    answer = desk.ask(question)
    quotes = [citation.quote for citation in answer.citations]
    quotes += [hit.report.text[s.sentence.start : s.sentence.end] for hit in answer.hits for s in hit.sentences]
    assert quotes
    assert not {SUBSCRIBE, AUTHOR}.intersection(quotes)
    assert not {SUBSCRIBE, AUTHOR}.intersection(told.quote for told in desk.timeline("Beirut"))


def test_it_crowds_nobody_out_and_the_texts_stay(desk: Assistant) -> None:
    hits = desk.retrieve("Which news of the war is there every morning on the governor of Anbar?", 5)
    assert "The governor of Anbar resigned" in hits[0].text
    assert all(report.text.endswith(AUTHOR) for report in desk.reports())


def test_what_says_that_it_is_none_of_the_report_is_passed_over_in_every_format(
    tmp_path: Path, tiny: Assistant
) -> None:
    path = tmp_path / "town.txt"
    path.write_text("The army took the town.\n\nRead more: Who holds the north?\n\n© 2017 Levant Desk.", "utf-8")
    tiny.ingest([path])
    (hit,) = tiny.retrieve("Who took the town?")
    assert [hit.report.text[one.sentence.start : one.sentence.end] for one in hit.sentences] == [
        "The army took the town."
    ]
    assert hit.report.text == path.read_text("utf-8")
