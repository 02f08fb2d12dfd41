"""Lagebild inside of LangChain: a retriever over the same index. A thin adapter; it needs the extra `langchain`."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from assistant.assistant import Assistant
from assistant.errors import SettingsError
from assistant.filter import EVERYTHING, Filter
from assistant.plain_data import hit_to_dict
from assistant.records import Hit

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ModuleNotFoundError as error:
    raise SettingsError(
        "The package langchain-core is missing. Install it: pip install 'lagebild[langchain]'"
    ) from error

__all__ = ["ConflictLangChainRetriever", "document_of"]


class ConflictLangChainRetriever(BaseRetriever):
    """Retrieves passages as documents with their scores, offsets, dates and best sentence.

    A document's text is `report.text[metadata["start"]:metadata["end"]]`. `k` is how many come back, None takes the
    settings' `hits`; `among` limits the reports. Both can be given with a question: `invoke(question, k=3)`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int | None = None
    among: Filter = EVERYTHING

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **given: Any
    ) -> list[Document]:
        hits = self.assistant.retrieve(query, given.get("k", self.k), given.get("among", self.among))
        return [document_of(hit) for hit in hits]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **given: Any
    ) -> list[Document]:
        hits = await self.assistant.aretrieve(query, given.get("k", self.k), given.get("among", self.among))
        return [document_of(hit) for hit in hits]


def document_of(hit: Hit) -> Document:
    """A hit as LangChain has it; `score` is the hit's, higher is better."""
    about = hit_to_dict(hit)
    text = about.pop("text")
    return Document(id=hit.passage.id, page_content=text, metadata=about.pop("report") | about)
