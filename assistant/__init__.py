"""Lagebild: answers about armed conflicts from a collection of reports, each statement with its sentence.

    from assistant import Assistant

    with Assistant(data="my-reports") as assistant:
        assistant.ingest(["reports/"])
        answer = assistant.ask("Who controls Abu Kamal?")
        print(answer.citations[0].quote)

The names below are the whole public surface. They load on first use, so that importing this package is cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.conversation import Conversation
    from assistant.filter import Filter
    from assistant.llama_index import ConflictQueryEngine, ConflictRetriever
    from assistant.records import Answer, Citation, Report
    from assistant.settings import Settings
    from assistant.turns import Turn

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "ConflictQueryEngine",
    "ConflictRetriever",
    "Conversation",
    "Filter",
    "Report",
    "Settings",
    "Turn",
]

_HOMES = {
    "Answer": "assistant.records",
    "Assistant": "assistant.assistant",
    "Citation": "assistant.records",
    "ConflictQueryEngine": "assistant.llama_index",
    "ConflictRetriever": "assistant.llama_index",
    "Conversation": "assistant.conversation",
    "Filter": "assistant.filter",
    "Report": "assistant.records",
    "Settings": "assistant.settings",
    "Turn": "assistant.turns",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
