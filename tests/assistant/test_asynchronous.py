"""The assistant on an event loop, in many threads, and twice over one data folder."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen

from assistant import Answer, Assistant, Filter
from assistant.embedding import WordLengthEmbedder
from assistant.errors import QuestionError
from assistant.scripted_llm import ScriptedLLM
from tests.helpers import make_report, numbered_report

QUESTION = "Who controls Abu Kamal?"
QUESTIONS = (QUESTION, "Who took Rawa?", "What is the capital of Peru?", "Wer kontrolliert Deir essor?")


def said(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.to_dict().items() if name != "provenance"}


async def test_awaited_it_is_the_same(sample: Assistant) -> None:
    among = Filter.told(until="2017-11-30", languages=["en"])
    assert said(await sample.aask(QUESTION, among)) == said(sample.ask(QUESTION, among))
    assert await sample.aretrieve(QUESTION, 3, among) == sample.retrieve(QUESTION, 3, among)
    *drafts, last = [piece async for piece in sample.aask_stream(QUESTION)]
    assert drafts == []
    assert isinstance(last, Answer)
    together = await asyncio.gather(*(sample.aask(question) for question in QUESTIONS))
    assert [said(answer) for answer in together] == [said(sample.ask(question)) for question in QUESTIONS]
    with pytest.raises(QuestionError):
        await sample.aask(" ")


async def test_it_is_opened_filled_and_closed_on_a_loop(tmp_path: Path) -> None:
    async with Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as assistant:
        result = await assistant.aingest([make_report()])
        assert len(result.added) == 1
        assert (await assistant.aretrieve("Who took the town?"))[0].report == make_report()


class Endless(ScriptedLLM):
    """Writes until nobody reads any more; the events say when it began, and when it stopped."""

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        def pieces() -> CompletionResponseGen:
            try:
                while True:
                    BEGUN.set()
                    time.sleep(0.005)
                    yield CompletionResponse(text="", delta="word ")
            finally:
                STOPPED.set()

        return pieces()


BEGUN, STOPPED = threading.Event(), threading.Event()


async def test_the_work_ends_where_its_task_is_cancelled(sample: Assistant) -> None:
    async def read() -> None:
        async for _ in assistant.aask_stream(QUESTION):
            pass

    with Assistant(sample.settings.data, embedder=sample.embedder, llm=Endless(replies=[""])) as assistant:
        for ask in (read, partial(assistant.aask, QUESTION)):
            BEGUN.clear()
            STOPPED.clear()
            task = asyncio.ensure_future(ask())
            assert await asyncio.to_thread(BEGUN.wait, 60)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(STOPPED.wait, 20)


@pytest.fixture(scope="module")
def other(sample_index: Path, sample: Assistant) -> Iterator[Assistant]:
    with Assistant(sample_index, embedder=sample.embedder) as second:
        yield second


def test_threads_share_it_and_another_one_over_the_same_folder(sample: Assistant, other: Assistant) -> None:
    expected = {question: said(sample.ask(question)) for question in QUESTIONS}

    def same(number: int) -> bool:
        question = QUESTIONS[number % len(QUESTIONS)]
        return said((sample, other)[number % 2].ask(question)) == expected[question]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(same, range(24)))


def test_what_one_takes_in_the_other_one_finds(tmp_path: Path) -> None:
    with (
        Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as one,
        Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as two,
    ):
        for number in range(6):
            assistant = (one, two)[number % 2]
            assistant.ingest([numbered_report(number)])
            for reader in (one, two):
                assert reader.status().counts.reports == number + 1
                found = reader.retrieve(f"Convoy {number} crossed the river", 50)
                assert numbered_report(number).id in {hit.report.id for hit in found}
        one.close()
        assert two.retrieve("Convoy 1 crossed the river")
        assert one.retrieve("Convoy 1 crossed the river")  # opened again
