"""How much later than the model itself an answer's first words reach its reader.

    python scripts/measure_first_token.py [DATA] [--count N]

Sample questions are asked of the sample reports (or of DATA, an index of them), with a scripted model behind a server
on the loopback that has its first word ready at once: so all the time until the first piece of the draft is
Lagebild's own, retrieval and HTTP included. Questions that are declined ask no model, and are not counted.
Beside the time by the clock is that of the processor, which other work on the machine stretches less.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from assistant import Answer, Assistant, Settings
from assistant.evaluation.questions import Question, read_questions
from scripts.measure_questions import samples
from tests.llm_server import llm_server

_ROOT = Path(__file__).parents[1]
_REPLY = ["The", " army", " holds", " the", " town", "."]  # in pieces, as a model's tokens come


def main() -> None:
    """Ask, and print median and 95th percentile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=50)
    given = parser.parse_args()
    asked = [question for question in read_questions(_ROOT / "examples" / "questions.jsonl") if question.expected]
    with tempfile.TemporaryDirectory() as folder, llm_server([*_REPLY]) as server:
        settings = Settings.from_environment(
            data=given.data or Path(folder), llm=f"openai-like:scripted@{server.address}"
        )
        with Assistant(settings=settings) as assistant:
            if given.data is None:
                samples(assistant)
            assistant.warm()
            for question in asked[:3]:
                assistant.ask(question.question)  # what loads with the first question is not measured
            found = [one for question in asked[: given.count] for one in first_words(assistant, question)]
    print(f"{len(found)} of {given.count} questions; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for name, seconds in zip(("by the clock", "of the processor"), zip(*found, strict=True), strict=True):
        middle, high = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
        print(f"first words, {name}: {middle * 1000:.0f} ms (median), {high * 1000:.0f} ms (95th percentile)")


def first_words(assistant: Assistant, question: Question) -> Iterator[tuple[float, float]]:
    """Seconds until the first words, by the clock and of the processor; nothing where no model was asked."""
    started, used = time.perf_counter(), time.process_time()
    stream = assistant.ask_stream(question.question, question.among, question.today)
    for said in stream:
        if isinstance(said, Answer):
            return
        if said:
            yield time.perf_counter() - started, time.process_time() - used
            break
    for _ in stream:  # to its end, so that nothing of it runs into the next
        pass


if __name__ == "__main__":
    main()
