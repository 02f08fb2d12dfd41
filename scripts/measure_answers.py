"""Measures answers without an LLM: is a supporting sentence among the cited, and is it declined where nothing answers?

    python scripts/measure_answers.py [SHARED] [--only wars samples fa-kes clapnq xquad quotes] [--stride N]

Wars, samples: 120 questions over 60 reports on six wars (tests/data/wars), and 349 over the sample reports
(tests/data), with the reports that answer left in and taken out: nothing was fitted on these. FA-KES: the same
over its 402 articles on one war, of the half of the questions that the decision to decline was not fitted on.
ClapNQ: its 298 passages as one collection, asked its 149 answerable questions (of 150; one marks no sentence) and 150
unanswerable ones. XQuAD: German paragraphs, asked in English, German and Arabic, with the paragraph that answers left
in and taken out. Both by the part that the decision to decline was not fitted on (training/abstaining.py), and all.
Quotes: 2,000 questions over all of these and FA-KES; every quote is compared with its report, byte for byte.
The samples have questions with the sentences that answer as well, for `lagebild eval`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import mean

from assistant import Answer, Assistant, Report
from assistant.bench.data import xquad
from assistant.embedding import Embedder
from assistant.filter import Filter
from assistant.records import Citation
from scripts.measure_questions import KINDS, answering, asked_on, fa_kes, questions, samples, wars

__all__ = ["FITTED_ARTICLES", "Asked", "clapnq", "fitted_on", "main", "xquad_questions"]

FITTED_ARTICLES = 16  # of XQuAD's 24, as for the reader (training/)
_PARTS = ("wars", "samples", "fa-kes", "clapnq", "xquad", "quotes")
_QUOTED = 2_000
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the report that it is about, the spans of it that answer (none: nothing does), and whether the
    decision to decline was fitted on it."""

    text: str
    language: str
    report_id: str
    support: tuple[tuple[int, int], ...]
    fitted: bool

    @property
    def answerable(self) -> bool:
        """Whether anything answers it."""
        return bool(self.support)

    def supported_by(self, citation: Citation) -> bool:
        """Whether the quote has some of what answers."""
        at, to = citation.start, citation.end
        return citation.report.id == self.report_id and any(at < end and start < to for start, end in self.support)


def clapnq(folder: Path) -> tuple[list[Report], list[Asked]]:
    """ClapNQ (Rosenthal et al., 2025): one report a passage, its sentences joined by spaces. Fitted on: even rows."""
    reports: dict[str, Report] = {}
    asked = []
    for name in ("answerable", "unanswerable"):
        for row, line in enumerate((folder / f"{name}.jsonl").read_text("utf-8").splitlines()):
            record = json.loads(line)
            passage, selected = record["passages"][0], set(record["output"][0]["selected_sentences"])
            text, support = "", []
            for sentence in passage["sentences"]:
                if sentence in selected:
                    support.append((len(text), len(text) + len(sentence)))
                text += sentence + " "
            if name == "answerable" and not support:  # one row marks nothing
                continue
            report = reports.setdefault(text, Report.make(text.rstrip(), title=passage["title"], language="en"))
            asked.append(Asked(record["input"], "en", report.id, tuple(support), row % 2 == 0))
    return list(reports.values()), asked


def xquad_questions(folder: Path, of_paragraphs: str, languages: Sequence[str]) -> tuple[list[Report], list[Asked]]:
    """XQuAD with the paragraphs of one language; the first articles are fitted on."""
    collection = xquad(folder, of_paragraphs)
    articles = json.loads((folder / "xquad.en.json").read_text("utf-8"))["data"]
    in_article = [n for n, article in enumerate(articles) for p in article["paragraphs"] for _ in p["qas"]]
    asked = [
        Asked(q.text, language, q.report_id, ((q.answer_start or 0, (q.answer_start or 0) + 1),), n < FITTED_ARTICLES)
        for language in languages
        for n, q in zip(in_article, collection.questions[language], strict=True)
    ]
    return list(collection.reports), asked


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of a question; `without` is the answer with the report that answers taken out."""

    asked: Asked
    answer: Answer
    without: Answer | None = None

    def cited(self, first: int | None = None) -> bool:
        """Whether any of the first citations has what answers."""
        return any(self.asked.supported_by(citation) for citation in self.answer.citations[:first])


def _measure_clapnq(shared: Path, embedder: Embedder | None, stride: int) -> None:
    reports, asked = clapnq(shared / "eval/clapnq")
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, embedder=embedder) as assistant:
        assistant.ingest(reports)
        found = [_Result(one, assistant.ask(one.text)) for one in asked[::stride]]
    for name, part in _parts(found):
        yes, no = [r for r in part if r.asked.answerable], [r.answer for r in part if not r.asked.answerable]
        number = mean(len(r.answer.citations) for r in yes if r.answer.citations)
        print(
            f"clapnq, {name}: {len(yes)} answerable, supporting sentence among the cited {mean(map(_cited, yes)):.3f}, "
            f"first {mean(r.cited(1) for r in yes):.3f}, citations an answer {number:.1f}; "
            f"{_refusals([r.answer for r in yes], no)}"
        )


def fitted_on(question: str) -> bool:
    """Whether the decision was fitted on a question for FA-KES, TyDi QA or MLQA: on half of them, by their letters."""
    return zlib.crc32(question.encode()) % 2 == 0


def _measure_left_out(
    collection: str, ingest: Callable[[Assistant], dict[str, str]], embedder: Embedder | None, stride: int
) -> None:
    yes, no = list[Answer](), list[Answer]()
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, embedder=embedder) as assistant:
        ids = ingest(assistant)
        asked = [row for kind in KINDS for row in questions(kind, collection)]
        if collection == "fa-kes":
            asked = [row for row in asked if not fitted_on(row["question"])]
        for row in asked[::stride]:
            text, today, without = row["question"], asked_on(row), Filter(without=answering(row, ids))
            yes.append(assistant.ask(text, today=today))
            no.append(assistant.ask(text, without, today))
    print(f"{collection}: {len(yes)} questions; {_refusals(yes, no)}")


def _measure_xquad(shared: Path, embedder: Embedder | None, stride: int) -> None:
    reports, asked = xquad_questions(shared / "eval/xquad", "de", ("en", "de", "ar"))
    found = []
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, embedder=embedder) as assistant:
        assistant.ingest(reports)
        for one in asked[::stride]:
            without = assistant.ask(one.text, Filter(without=frozenset({one.report_id})))
            found.append(_Result(one, assistant.ask(one.text), without))
    for language in ("en", "de", "ar"):
        for name, part in _parts([result for result in found if result.asked.language == language]):
            told = _refusals([r.answer for r in part], [r.without for r in part if r.without is not None])
            cited = mean(map(_cited, part))
            print(f"xquad {language} to de, {name}: {len(part)} questions, answer among the cited {cited:.3f}; {told}")


def _measure_quotes(shared: Path, embedder: Embedder | None) -> None:
    """Every quote against the text that was ingested, which is kept apart from the index."""
    german, asked = xquad_questions(shared / "eval/xquad", "de", ("en", "de", "ar", "ru"))
    passages, more = clapnq(shared / "eval/clapnq")
    texts = [one.text for one in chain(asked, more)]
    texts += [
        row["question"] for kind in ("name", "time") for name in ("samples", "fa-kes") for row in questions(kind, name)
    ]
    draw = random.Random(20171109)  # noqa: S311  not for secrets
    with tempfile.TemporaryDirectory() as folder, Assistant(folder, embedder=embedder) as assistant:
        assistant.ingest([*german, *passages])
        samples(assistant)
        fa_kes(assistant, shared / "eval/fa-kes/reports.jsonl")
        ingested = {report.id: report.text.encode() for report in (*german, *passages)}
        quotes = wrong = answers = 0
        for text in draw.choices(texts, k=_QUOTED):
            answer = assistant.ask(text)
            answers += bool(answer.citations)
            for citation in answer.citations:
                whole = ingested.get(citation.report.id, citation.report.text.encode())
                before = len(citation.report.text[: citation.start].encode())
                same = whole[before : before + len(citation.quote.encode())] == citation.quote.encode()
                quotes, wrong = quotes + 1, wrong + (not same)
    print(
        f"quotes: {_QUOTED} questions, {answers} answered, {quotes} quotes, {wrong} of them not byte for byte in place"
    )


def _cited(result: _Result) -> bool:
    return result.cited()


def _parts(found: Sequence[_Result]) -> Iterator[tuple[str, list[_Result]]]:
    yield "not fitted on", [result for result in found if not result.asked.fitted]
    yield "all", list(found)


def _refusals(yes: Iterable[Answer], no: Iterable[Answer]) -> str:
    """How many are answered that should be, declined that should be, and the mean of the two."""
    answered, declined = mean(a.refusal is None for a in yes), mean(a.refusal is not None for a in no)
    balanced = (answered + declined) / 2
    return f"answered {answered:.3f}, declined where nothing answers {declined:.3f}, balanced {balanced:.3f}"


def main(embedder: Embedder | None = None) -> None:
    """Measure, and print a line for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, default=_ROOT.parent / "shared")
    parser.add_argument("--only", nargs="+", choices=_PARTS, default=_PARTS)
    parser.add_argument("--stride", type=int, default=1, help="every so many questions, for a quick look")
    given = parser.parse_args()
    in_fa_kes = partial(fa_kes, file=given.shared / "eval/fa-kes/reports.jsonl")
    measures: dict[str, Callable[[], None]] = {
        "wars": lambda: _measure_left_out("wars", wars, embedder, given.stride),
        "samples": lambda: _measure_left_out("samples", samples, embedder, given.stride),
        "fa-kes": lambda: _measure_left_out("fa-kes", in_fa_kes, embedder, given.stride),
        "clapnq": lambda: _measure_clapnq(given.shared, embedder, given.stride),
        "xquad": lambda: _measure_xquad(given.shared, embedder, given.stride),
        "quotes": lambda: _measure_quotes(given.shared, embedder),
    }
    for name in given.only:
        measures[name]()
        sys.stdout.flush()


if __name__ == "__main__":
    main()
