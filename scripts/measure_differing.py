"""How often an answer says that its sources contradict each other, and where: to be read by a person.

    python scripts/measure_differing.py [SHARED] [--stride N]

Over the samples and 402 articles on the war in Syria (FA-KES), asked the project's questions on names and times, and
over an encyclopedia (XQuAD in German, asked in English and German), each of whose paragraphs is taken for a source of
the same day: there hardly anything contradicts anything, so that what is said to is a false alarm.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant import Assistant, Report
from assistant.dates import PartialDate
from assistant.records import CaveatKind
from scripts.measure_answers import xquad_questions
from scripts.measure_questions import fa_kes, questions, samples

_ROOT = Path(__file__).parents[1]


def asked(name: str, assistant: Assistant, texts: Sequence[str]) -> None:
    """Ask, count, and show what is said to contradict each other."""
    answers = [assistant.ask(text) for text in texts]
    cited = [answer for answer in answers if len(answer.citations) > 1]
    found = [
        (answer, caveat) for answer in cited for caveat in answer.caveats if caveat.kind is CaveatKind.SOURCES_DIFFER
    ]
    told = len({answer.question for answer, _ in found})
    print(f"{name}: {len(texts)} questions, {len(cited)} cite more than one sentence, {told} say that some contradict")
    for answer, caveat in found:
        print("  " + answer.question, *(f"    {answer.citation(n).quote}" for n in caveat.citations), sep="\n")


def same_day(reports: Iterable[Report]) -> list[Report]:
    """The reports as sources of their own, all of one day."""
    day = PartialDate.parse("2017-11-09")
    return [
        Report.make(r.text, title=r.title, published=day, source=f"Source {n}", language=r.language)
        for n, r in enumerate(reports)
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, default=_ROOT.parent / "shared")
    parser.add_argument("--stride", type=int, default=1, help="every so many questions of XQuAD")
    given = parser.parse_args()
    own = [row["question"] for kind in ("name", "time") for row in questions(kind, "samples")]
    war = [row["question"] for kind in ("name", "time") for row in questions(kind, "fa-kes")]
    with tempfile.TemporaryDirectory() as folder, Assistant(folder) as assistant:
        samples(assistant)
        asked("samples", assistant, own)
    with tempfile.TemporaryDirectory() as folder, Assistant(folder) as assistant:
        fa_kes(assistant, given.shared / "eval/fa-kes/reports.jsonl")
        asked("fa-kes", assistant, war)
    with tempfile.TemporaryDirectory() as folder, Assistant(folder) as assistant:
        reports, of = xquad_questions(given.shared / "eval/xquad", "de", ("en", "de"))
        assistant.ingest(same_day(reports))
        asked("xquad", assistant, [one.text for one in of[:: given.stride]])


if __name__ == "__main__":
    main()
