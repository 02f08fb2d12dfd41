"""What a user would otherwise write, for measuring beside it: LlamaIndex's plain pipeline, and txtai.

Both as their documentation has them, with the same model and the right prefixes. Each takes either the folder of
the sentence-transformers model, and then embeds in its own way, or an `Embedder` of ours, so that what is compared
is the search alone. Knows these libraries; knows nothing of our own retrieval.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from assistant.e5 import PASSAGE_PREFIX, QUERY_PREFIX
from assistant.embedding import Embedder, Vectors

__all__ = ["PEERS", "LlamaIndexPipeline", "Peer", "TxtaiDense", "TxtaiHybrid"]


class Peer(Protocol):
    """A search engine over texts with ids."""

    def add(self, texts: Mapping[str, str]) -> None:
        """Index the texts, by id. Called once."""
        ...

    def search(self, question: str, count: int) -> dict[str, float]:
        """The ids of up to `count` texts with their scores: higher is better."""
        ...


class LlamaIndexPipeline:
    """SentenceSplitter, one vector a chunk, Chroma on disk, nearest chunks: LlamaIndex as its tutorials have it."""

    def __init__(self, model: Path | Embedder, folder: Path) -> None:
        """`folder` is where Chroma keeps its files."""
        import chromadb
        from chromadb.config import Settings
        from llama_index.core import StorageContext
        from llama_index.vector_stores.chroma import ChromaVectorStore

        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        collection = client.create_collection(
            f"peer-{uuid.uuid4()}", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        self._storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
        self._model = _llama_index_model(model)
        self._index: Any = None

    def add(self, texts: Mapping[str, str]) -> None:
        """Chunk, embed and index."""
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter

        self._index = VectorStoreIndex.from_documents(
            [Document(text=text, id_=text_id) for text_id, text in texts.items()],
            storage_context=self._storage,
            embed_model=self._model,
            transformations=[SentenceSplitter()],
        )

    def search(self, question: str, count: int) -> dict[str, float]:
        """The best score among the chunks of each text: exp of minus the cosine distance, higher is better."""
        best: dict[str, float] = {}
        for found in self._index.as_retriever(similarity_top_k=count).retrieve(question):
            text_id = found.node.ref_doc_id or ""
            score = -1.0 if found.score is None else found.score
            best[text_id] = max(best.get(text_id, score), score)
        return best


class TxtaiHybrid:
    """txtai with `hybrid=True`: the mean of its BM25 score, normalised, and the cosine similarity."""

    hybrid = True

    def __init__(self, model: Path | Embedder, folder: Path) -> None:
        """`folder` is not used: the index is in memory."""
        from txtai import Embeddings

        where = {"path": str(model)} if isinstance(model, Path) else {"transform": _transform(model)}
        self._embeddings = Embeddings(
            {
                "method": "sentence-transformers" if isinstance(model, Path) else "external",
                "instructions": {"query": QUERY_PREFIX, "data": PASSAGE_PREFIX},
                "hybrid": self.hybrid,
                "gpu": False,
                **where,
            }
        )

    def add(self, texts: Mapping[str, str]) -> None:
        """Embed and index."""
        self._embeddings.index(list(texts.items()))

    def search(self, question: str, count: int) -> dict[str, float]:
        """Scores from 0 to 1, higher is better."""
        return dict(self._embeddings.search(question, count))


class TxtaiDense(TxtaiHybrid):
    """txtai with vectors alone, which is its default: cosine similarities."""

    hybrid = False


PEERS: dict[str, Callable[[Path | Embedder, Path], Peer]] = {
    "LlamaIndex": LlamaIndexPipeline,
    "txtai hybrid": TxtaiHybrid,
    "txtai dense": TxtaiDense,
}
"""Each made of a model and a folder of its own, by the name that tables show."""


def _transform(embedder: Embedder) -> Callable[[Sequence[str]], Vectors]:
    """An embedder of ours as txtai calls one: a function; the prefix tells questions from texts."""

    def transform(texts: Sequence[str]) -> Vectors:
        if all(text.startswith(QUERY_PREFIX) for text in texts):
            return embedder.embed_queries([text.removeprefix(QUERY_PREFIX) for text in texts])
        return embedder.embed_passages([text.removeprefix(PASSAGE_PREFIX) for text in texts])

    return transform


def _llama_index_model(model: Path | Embedder) -> Any:
    if isinstance(model, Path):
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        return HuggingFaceEmbedding(
            model_name=str(model), query_instruction=QUERY_PREFIX, text_instruction=PASSAGE_PREFIX, device="cpu"
        )
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from pydantic import PrivateAttr

    class OurEmbedding(BaseEmbedding):
        """An embedder of ours as LlamaIndex calls one."""

        _embedder: Embedder = PrivateAttr()

        def __init__(self, embedder: Embedder) -> None:
            super().__init__(model_name=embedder.identity)
            self._embedder = embedder

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._embedder.embed_queries([query])[0].tolist()  # type: ignore[no-any-return]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._embedder.embed_passages([text])[0].tolist()  # type: ignore[no-any-return]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return self._embedder.embed_passages(texts).tolist()  # type: ignore[no-any-return]

    return OurEmbedding(model)
