"""What the check lets through, what it stops that is true, and what it takes.

    python scripts/measure_checking.py ../shared/eval

Counts the inventions and the true paraphrases of tests/data/inventions.jsonl by their support, then the sentences of
NTREX that cite their own translation, which are all true, then the processor time of an answer of five statements.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from assistant.background import background_for
from assistant.checking import Checker, Claim
from assistant.dates import PartialDate
from assistant.embedding import load_embedder
from assistant.gazetteer import open_gazetteer
from assistant.records import Citation, Passage, Report
from assistant.settings import Settings

INVENTIONS = Path(__file__).parents[1] / "tests/data/inventions.jsonl"
NTREX = {"en": "src.eng", "de": "ref.deu", "ar": "ref.arb", "ru": "ref.rus", "fr": "ref.fra"}
PAIRS = [("en", "de"), ("de", "en"), ("en", "ar"), ("ar", "en"), ("de", "ar"), ("ar", "de"), ("ru", "en"), ("fr", "de")]
SENTENCES = 100
ANSWERS = 15


def cite(report: Report, quote: str) -> Citation:
    """The quote as a citation whose passage is the whole report."""
    start = report.text.index(quote)
    return Citation(1, report, start, start + len(quote), Passage("p", report.id, 0, len(report.text), 0, 0))


def cases() -> Iterator[tuple[str, str, Claim]]:
    """The language of the statements and of the report, the kind ("true" or what is invented), and the claim."""
    for line in INVENTIONS.read_text("utf-8").splitlines():
        record: dict[str, Any] = json.loads(line)
        given = record["report"]
        published = PartialDate.parse(given["published"])
        report = Report.make(
            given["text"], title="", published=published, source=given["source"], language=given["language"]
        )
        citation = cite(report, record["cited"])
        languages = f"{record['language']} citing {report.language}"
        yield from ((languages, "true", Claim(text, [citation])) for text in record["true"])
        yield from ((languages, kind, Claim(text, [citation])) for kind, text in record["invented"].items())
        yield languages, "key", Claim(record["true"][0], [], unknown=["k7q2"])


def translations(folder: Path) -> Iterator[tuple[str, Claim]]:
    """Sentences that cite their own translation."""
    lines = {
        language: (folder / f"ntrex/newstest2019-{name}.txt").read_text("utf-8").splitlines()
        for language, name in NTREX.items()
    }
    places = random.Random(2026).sample(range(len(lines["en"])), SENTENCES)  # noqa: S311  # always the same
    for one, other in PAIRS:
        for place in places:
            report = Report.make(lines[other][place], title="", language=other)
            yield f"{one} citing {other}", Claim(lines[one][place], [cite(report, report.text)])


def processor_time(make: Callable[[], Checker], claims: Sequence[Claim]) -> tuple[list[float], list[float]]:
    """Milliseconds of processor time, all threads, for each answer of five statements: for what is read ahead while
    a model still writes its last one, and for the check then."""
    ahead, taken = [], []
    for first in range(0, 5 * ANSWERS, 5):
        checker, answer = make(), claims[first : first + 5]
        started = time.process_time()
        checker.read_ahead(text for claim in answer[:-1] for text in (claim.text, *(c.quote for c in claim.cited)))
        between = time.process_time()
        checker.check(answer)
        ahead.append(1_000 * (between - started))
        taken.append(1_000 * (time.process_time() - between))
    return ahead, taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the evaluation data: has ntrex/")
    folder = parser.parse_args().folder
    settings = Settings.from_environment()
    embedder = load_embedder(settings)
    make = partial(Checker, embedder, background_for(embedder.identity), open_gazetteer(settings.cache))
    checker = make()
    counts: Counter[tuple[str, str]] = Counter()
    for _, kind, claim in cases():
        counts[kind, checker.check([claim])[0].support.value] += 1
    for kind in dict.fromkeys(kind for kind, _ in counts):
        print(f"{kind}: {', '.join(f'{count} {support}' for (own, support), count in counts.items() if own == kind)}")
    true = Counter[tuple[str, str]]()
    for languages, claim in translations(folder):
        true[languages, checker.check([claim])[0].support.value] += 1
    for languages in dict.fromkeys(languages for languages, _ in true):
        own = {support: count for (pair, support), count in true.items() if pair == languages}
        print(f"translations, {languages}: {own}")
    ahead, taken = processor_time(make, [claim for _, kind, claim in cases() if kind == "true"])
    print(
        f"an answer of five statements: {statistics.median(taken):.0f} ms of processor time, at most {max(taken):.0f};"
        f" before, while the model writes: {statistics.median(ahead):.0f}"
    )


if __name__ == "__main__":
    main()
