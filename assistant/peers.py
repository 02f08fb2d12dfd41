"""What a user would otherwise write, for measuring beside it: LlamaIndex's plain pipeline over Chroma.

Sentence splitter, one vector a chunk, Chroma, nearest chunks; with the same model and the right prefixes. Knows
LlamaIndex and an embedder; knows nothing of our own retrieval.
"""

from __future__ import annotations

from collections.abc import Sequence

import chromadb
from chromadb.config import Settings
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.vector_stores.chroma import ChromaVectorStore
from pydantic import PrivateAttr

from assistant.embedding import Embedder
from assistant.records import Report

__all__ = ["PlainPipeline"]


class PlainPipeline:
    """LlamaIndex as its tutorials have it."""

    def __init__(self, reports: Sequence[Report], embedder: Embedder) -> None:
        """Chunk, embed and index the reports, in memory."""
        client = chromadb.EphemeralClient(settings=Settings(anonymized_telemetry=False))
        name = f"peer-{len(client.list_collections())}"
        collection = client.create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
        )
        storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
        self._index = VectorStoreIndex.from_documents(
            [Document(text=report.text, id_=report.id) for report in reports],
            storage_context=storage,
            embed_model=_Embedding(embedder),
            transformations=[SentenceSplitter()],
        )

    def retrieve(self, question: str, count: int) -> dict[str, float]:
        """The score of each report that one of the nearest chunks is from: higher is better."""
        best: dict[str, float] = {}
        for found in self._index.as_retriever(similarity_top_k=count).retrieve(question):
            report_id = found.node.ref_doc_id or ""
            score = -1.0 if found.score is None else found.score
            best[report_id] = max(best.get(report_id, score), score)
        return best


class _Embedding(BaseEmbedding):
    """Our embedder as LlamaIndex has one."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(model_name=embedder.identity, embed_batch_size=64)
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embedder.embed_queries([query])[0].tolist()  # type: ignore[no-any-return]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embedder.embed_passages([text])[0].tolist()  # type: ignore[no-any-return]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embedder.embed_passages(texts).tolist()  # type: ignore[no-any-return]
