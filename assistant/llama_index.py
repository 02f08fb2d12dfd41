"""Lagebild inside of LlamaIndex: a retriever and a query engine over the same index. A thin adapter."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, AsyncStreamingResponse, Response, StreamingResponse
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from assistant.assistant import Assistant
from assistant.filter import EVERYTHING, Filter
from assistant.plain_data import hit_to_dict
from assistant.records import Answer, Hit, Settled, Statement, Support

__all__ = ["ConflictQueryEngine", "ConflictRetriever", "node_of"]


_PLACES = ("start", "end", "best_sentence", "why", "names")
"""What is known of a passage besides its report; no words for a model."""


class ConflictRetriever(BaseRetriever):
    """Retrieves passages with their scores, offsets, dates and best sentence.

    A node's text is `report.text[node.start_char_idx:node.end_char_idx]`. Scores are those of `Hit`,
    higher is better. `count` is how many nodes come back; None takes the settings' `hits`.
    `among` limits the reports.
    """

    def __init__(self, assistant: Assistant, count: int | None = None, among: Filter = EVERYTHING) -> None:
        super().__init__(callback_manager=CallbackManager())  # else LlamaIndex asks its global settings
        self._assistant = assistant
        self._count = count
        self._among = among

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [node_of(hit) for hit in self._assistant.retrieve(query_bundle.query_str, self._count, self._among)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = await self._assistant.aretrieve(query_bundle.query_str, self._count, self._among)
        return [node_of(hit) for hit in hits]


class ConflictQueryEngine(BaseQueryEngine):
    """Answers with quoted, cited sentences; `response.metadata["answer"]` is the whole answer as plain data.

    `among` limits the reports. With `streaming` a response gives its lines as they become final; its nodes and metadata
    are there with the last of them.
    """

    def __init__(self, assistant: Assistant, among: Filter = EVERYTHING, *, streaming: bool = False) -> None:
        super().__init__(callback_manager=CallbackManager())
        self._assistant = assistant
        self._among = among
        self._streaming = streaming

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        stream = self._assistant.ask_stream(query_bundle.query_str, self._among)
        told = _Told()
        if self._streaming:
            begun = told.text(next(stream))  # what is wrong with a question is raised here

            def texts() -> Generator[str]:
                yield begun
                yield from (told.text(said) for said in stream)

            return StreamingResponse(texts(), told.nodes, told.metadata)
        text = "".join(told.text(said) for said in stream)
        return Response(text, told.nodes, told.metadata)

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        stream = self._assistant.aask_stream(query_bundle.query_str, self._among)
        told = _Told()
        if self._streaming:
            begun = told.text(await anext(stream))

            async def texts() -> AsyncGenerator[str]:
                async with aclosing(stream):
                    yield begun
                    async for said in stream:
                        yield told.text(said)

            return AsyncStreamingResponse(texts(), told.nodes, told.metadata)
        async with aclosing(stream):
            text = "".join([told.text(said) async for said in stream])
        return Response(text, told.nodes, told.metadata)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def node_of(hit: Hit) -> NodeWithScore:
    """A hit as LlamaIndex has it. All offsets in its metadata count from the start of the report, as the node's own do:
    `sentences` and `best_sentence` with their scores, and `names`, the places and groups of the question in it."""
    about = hit_to_dict(hit)
    sentences = [{"start": s.sentence.start, "end": s.sentence.end, "score": s.score} for s in hit.sentences]
    node = TextNode(
        id_=hit.passage.id,
        text=hit.text,
        start_char_idx=hit.passage.start,
        end_char_idx=hit.passage.end,
        metadata=about["report"] | {name: about[name] for name in _PLACES} | {"sentences": sentences},
        excluded_embed_metadata_keys=["id", "sentences", *_PLACES],
        excluded_llm_metadata_keys=["id", "sentences", *_PLACES],
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.report.id)},
    )
    return NodeWithScore(node=node, score=hit.score)


class _Told:
    """An answer while it is told: a line a statement, then the summary. Its nodes and metadata come at the end."""

    def __init__(self) -> None:
        self.nodes: list[NodeWithScore] = []
        self.metadata: dict[str, Any] = {}
        self._lines = 0

    def text(self, said: str | Settled | Answer) -> str:
        """What this adds to the text; a draft adds nothing."""
        match said:
            case Settled():
                self._lines += 1
                return _line(said.statement) + "\n"
            case Answer():
                self.nodes += [node_of(hit) for hit in said.hits]
                self.metadata["answer"] = said.to_dict()
                lines = [_line(statement) for statement in said.statements if statement.support is not Support.NOT]
                return "\n".join([*lines[self._lines :], said.summary])
        return ""


def _line(statement: Statement) -> str:
    return f"{statement.text} {' '.join(f'[{number}]' for number in statement.citations)}"
