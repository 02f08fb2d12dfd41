"""Lagebild inside of LangChain: its own standard tests for retrievers, and what is ours."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_tests.integration_tests import RetrieversIntegrationTests

from assistant import Assistant
from assistant.filter import Filter
from assistant.langchain import ConflictLangChainRetriever

QUESTION = "Who holds the al-Omar oil field?"


class TestTheStandard(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def given(self, sample: Assistant) -> None:
        self.sample = sample

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return ConflictLangChainRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"assistant": self.sample}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION


def test_documents_are_the_hits_with_their_places(sample: Assistant) -> None:
    documents = ConflictLangChainRetriever(assistant=sample, k=7).invoke(QUESTION)
    hits = sample.retrieve(QUESTION, 7)
    assert [document.id for document in documents] == [hit.passage.id for hit in hits]
    for document, hit in zip(documents, hits, strict=True):
        about = document.metadata
        assert hit.report.text[about["start"] : about["end"]] == document.page_content
        assert (about["title"], about["published"]) == (hit.report.title, str(hit.report.published))
        best = about["best_sentence"]
        assert hit.report.text[best["start"] : best["end"]] in document.page_content


def test_limits_limit(sample: Assistant) -> None:
    among = Filter.told(languages=["ar"])
    found = ConflictLangChainRetriever(assistant=sample, among=among).invoke(QUESTION)
    assert {document.metadata["language"] for document in found} == {"ar"}


def test_it_is_part_of_a_chain(sample: Assistant) -> None:
    chain = ConflictLangChainRetriever(assistant=sample, k=2) | RunnableLambda(titles)
    assert chain.invoke(QUESTION) == [hit.report.title for hit in sample.retrieve(QUESTION, 2)]


def titles(documents: list[Document]) -> list[str]:
    return [document.metadata["title"] for document in documents]
