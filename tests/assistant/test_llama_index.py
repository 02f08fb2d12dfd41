"""Lagebild inside of LlamaIndex, with its own engine, its mock model and its own Chroma store."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.agent.workflow import FunctionAgent, ReActAgent
from llama_index.core.base.llms.types import ChatMessage, CompletionResponse, MessageRole, ToolCallBlock
from llama_index.core.chat_engine import CondensePlusContextChatEngine, ContextChatEngine
from llama_index.core.llms import MockLLM
from llama_index.core.llms.mock import MockFunctionCallingLLM
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import MetadataMode
from llama_index.core.tools import QueryEngineTool, RetrieverTool
from llama_index.core.vector_stores import VectorStoreQuery

from assistant import Assistant, ConflictQueryEngine, ConflictRetriever, Filter
from assistant.embedding import Embedder
from assistant.records import Refusal
from assistant.scripted_llm import ScriptedLLM
from tests.helpers import make_report

QUESTION = "Who holds the al-Omar oil field?"


def test_nodes_are_the_hits_with_their_places(sample: Assistant) -> None:
    nodes = ConflictRetriever(sample, 7).retrieve(QUESTION)
    hits = sample.retrieve(QUESTION, 7)
    assert len(nodes) == 7
    for found, hit in zip(nodes, hits, strict=True):
        node = found.node
        assert (node.node_id, found.score, found.text) == (hit.passage.id, hit.score, hit.text)
        start, end = node.start_char_idx, node.end_char_idx  # type: ignore[attr-defined]
        assert hit.report.text[start:end] == found.text
        assert node.metadata["title"] == hit.report.title
        assert node.metadata["published"] == str(hit.report.published)
        best = node.metadata["best_sentence"]
        assert hit.report.text[best["start"] : best["end"]] in found.text
        assert node.source_node is not None
        assert node.source_node.node_id == hit.report.id


def test_a_score_of_zero_stays_zero(tiny: Assistant) -> None:
    tiny.ingest([make_report("aaa bbb ccc.", language="de")])
    (node,) = ConflictRetriever(tiny).retrieve("z")  # no word of that length, none in common
    assert node.score == pytest.approx(0.0, abs=1e-6)


def test_retrieving_asynchronously_is_the_same(sample: Assistant) -> None:
    retriever = ConflictRetriever(sample, 3)
    nodes = asyncio.run(retriever.aretrieve(QUESTION))
    assert [node.node_id for node in nodes] == [node.node_id for node in retriever.retrieve(QUESTION)]


def test_a_query_engine_of_llama_index_runs_on_the_retriever(sample: Assistant) -> None:
    engine = RetrieverQueryEngine.from_args(
        ConflictRetriever(sample, 2), llm=MockLLM(), response_mode=ResponseMode.COMPACT
    )
    response = engine.query(QUESTION)
    assert [node.node_id for node in response.source_nodes] == [h.passage.id for h in sample.retrieve(QUESTION, 2)]
    shown = str(response)  # the mock model says its prompt
    assert "al-Omar" in shown
    assert "best_sentence" not in shown


def test_every_offset_of_a_node_counts_from_the_start_of_its_report(sample: Assistant) -> None:
    for found, hit in zip(ConflictRetriever(sample).retrieve(QUESTION), sample.retrieve(QUESTION), strict=True):
        about, text = found.node.metadata, hit.report.text
        assert text[about["start"] : about["end"]] == found.text
        assert [(one["start"], one["end"]) for one in about["sentences"]] == [
            (one.sentence.start, one.sentence.end) for one in hit.sentences
        ]
        assert all(text[one["start"] : one["end"]] == one["spelled"] for one in about["names"])
        assert found.text in found.node.get_content()
        assert "sentences" not in found.node.get_content(MetadataMode.LLM)


@pytest.mark.parametrize("use_async", [False, True])
def test_it_is_fused_with_others(sample: Assistant, use_async: bool) -> None:
    german = ConflictRetriever(sample, 3, Filter.told(languages=["de"]))
    fused = QueryFusionRetriever(
        [ConflictRetriever(sample, 3), german],
        llm=MockLLM(),
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=6,
        num_queries=1,
        use_async=use_async,
    )
    nodes = asyncio.run(fused.aretrieve(QUESTION)) if use_async else fused.retrieve(QUESTION)
    expected = {hit.passage.id for hit in sample.retrieve(QUESTION, 3)}
    expected |= {hit.passage.id for hit in sample.retrieve(QUESTION, 3, Filter.told(languages=["de"]))}
    assert {found.node.node_id for found in nodes} == expected


def test_a_chat_engine_stands_on_it(sample: Assistant) -> None:
    # With a memory of their own: the default one leaves a connection to a database in memory open.
    engine = ContextChatEngine.from_defaults(
        ConflictRetriever(sample, 2), llm=MockLLM(), memory=ChatMemoryBuffer.from_defaults(llm=MockLLM())
    )
    response = engine.chat(QUESTION)
    assert [found.node.node_id for found in response.source_nodes] == [
        hit.passage.id for hit in sample.retrieve(QUESTION, 2)
    ]
    condensing = CondensePlusContextChatEngine.from_defaults(
        ConflictRetriever(sample, 2), llm=MockLLM(), memory=ChatMemoryBuffer.from_defaults(llm=MockLLM())
    )
    assert len(condensing.chat(QUESTION).source_nodes) == 2


def test_it_is_a_tool(sample: Assistant) -> None:
    tool = QueryEngineTool.from_defaults(ConflictQueryEngine(sample), name="reports", description="Knows the reports.")
    answer = sample.ask(QUESTION)
    assert answer.citations
    assert answer.citations[0].quote in tool.call(QUESTION).content
    found = RetrieverTool.from_defaults(ConflictRetriever(sample, 2)).call(QUESTION)
    assert len(found.raw_output) == 2


def _engine_tool(sample: Assistant) -> QueryEngineTool:
    return QueryEngineTool.from_defaults(
        ConflictQueryEngine(sample), name="reports", description="Answers from reports about armed conflicts."
    )


class Literal(ScriptedLLM):
    """Says its replies as they stand."""

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        self.requests.append(prompt)
        return CompletionResponse(text=self.replies[len(self.requests) - 1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # workflows look at all that pydantic still has
async def test_a_reasoning_agent_asks_the_reports(sample: Assistant) -> None:
    thought = f'Thought: I have to look.\nAction: reports\nAction Input: {{"input": "{QUESTION}"}}'
    llm = Literal(replies=[thought, "Thought: I know it now.\nAnswer: The reports say who."], size=40)
    agent = ReActAgent(tools=[_engine_tool(sample)], llm=llm)
    result: Any = await agent.run(QUESTION)
    assert str(result) == "The reports say who."
    (called,) = result.tool_calls
    answer = sample.ask(QUESTION)
    assert called.tool_output.content == str(ConflictQueryEngine(sample).query(QUESTION))
    assert answer.citations[0].quote in llm.requests[1]  # what the model reads before it answers
    nodes = called.tool_output.raw_output.source_nodes
    assert [found.node.node_id for found in nodes] == [hit.passage.id for hit in answer.hits]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # workflows look at all that pydantic still has
async def test_an_agent_calls_the_retriever_as_a_function(sample: Assistant) -> None:
    def reply(messages: Sequence[ChatMessage], **_: Any) -> ChatMessage:
        told = [message for message in messages if message.role is MessageRole.TOOL]
        if told:
            return ChatMessage(role="assistant", content=f"Read: {told[-1].content}")
        call = ToolCallBlock(tool_call_id="1", tool_name="passages", tool_kwargs={"input": QUESTION})
        return ChatMessage(role="assistant", blocks=[call])

    tool = RetrieverTool.from_defaults(ConflictRetriever(sample, 2), name="passages", description="Finds passages.")
    agent = FunctionAgent(tools=[tool], llm=MockFunctionCallingLLM(response_generator=reply))
    said = str(await agent.run(QUESTION))
    hits = sample.retrieve(QUESTION, 2)
    assert said.startswith("Read: ")
    assert all(hit.text in said and hit.report.title in said for hit in hits)


def test_the_query_engine_quotes_and_cites(sample: Assistant) -> None:
    engine = ConflictQueryEngine(sample)
    response = engine.query(QUESTION)
    answer = sample.ask(QUESTION)
    assert answer.citations
    for citation in answer.citations:
        assert f"{citation.quote} [{citation.number}]" in str(response)
    assert answer.summary in str(response)
    assert response.metadata is not None
    plain = response.metadata["answer"]
    assert json.loads(json.dumps(plain)) == plain
    assert [c["quote"] for c in plain["citations"]] == [c.quote for c in answer.citations]
    assert [node.node_id for node in response.source_nodes] == [hit.passage.id for hit in answer.hits]
    assert str(asyncio.run(engine.aquery(QUESTION))) == str(response)


def test_the_query_engine_says_when_the_reports_do_not(sample: Assistant) -> None:
    response = ConflictQueryEngine(sample).query("What is the capital of Peru?")
    assert response.metadata is not None
    assert response.metadata["answer"]["refusal"] == Refusal.NOT_IN_REPORTS.value
    assert "[1]" not in str(response)


def test_the_chroma_store_of_llama_index_reads_the_passages(
    sample: Assistant, sample_files: Path, embedder: Embedder, tmp_path: Path
) -> None:
    stores = pytest.importorskip("llama_index.vector_stores.chroma")
    import chromadb
    from chromadb.config import Settings

    name = json.loads((sample_files / "vectors" / "current.json").read_text("utf-8"))["name"]
    shutil.copytree(sample_files / "vectors" / name, tmp_path / "copy")
    client = chromadb.PersistentClient(str(tmp_path / "copy"), settings=Settings(anonymized_telemetry=False))
    try:
        store = stores.ChromaVectorStore(chroma_collection=client.get_collection("passages", embedding_function=None))
        query = sample.background.centre_queries(embedder.embed_queries([QUESTION]), "en")[0]
        result = store.query(VectorStoreQuery(query_embedding=query.tolist(), similarity_top_k=5))
    finally:
        client.close()  # type: ignore[attr-defined]
    assert len(result.nodes) == 5
    by_id = {hit.passage.id: hit for hit in sample.retrieve(QUESTION, 1_000)}
    for node_id, node in zip(result.ids, result.nodes, strict=True):
        assert node.get_content() == by_id[node_id].text
        assert node.metadata["title"] == by_id[node_id].report.title
        assert node.metadata["start"] == by_id[node_id].passage.start
    assert sample.retrieve(QUESTION, 1)[0].passage.id in result.ids
