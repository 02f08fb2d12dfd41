"""Lagebild: answers about armed conflicts from a collection of reports, each statement with its sentence.

    from assistant import Assistant

    with Assistant(data="my-reports") as assistant:
        assistant.ingest(["reports/"])
        answer = assistant.ask("Who controls Abu Kamal?")
        print(answer.citations[0].quote)

The names of `__all__` are the whole public surface; `Filter`, which limits a question, and what else their methods take
and give is found here, too. All of them load on first use, so that importing this package is cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.conversation import Conversation as Conversation
    from assistant.filter import Filter as Filter
    from assistant.llama_index import ConflictQueryEngine as ConflictQueryEngine
    from assistant.llama_index import ConflictRetriever
    from assistant.records import Answer, Citation, Report
    from assistant.records import Settled as Settled
    from assistant.settings import Settings
    from assistant.turns import Turn as Turn

__all__ = ["Answer", "Assistant", "Citation", "ConflictRetriever", "Report", "Settings"]

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
    "Settled": "assistant.records",
    "Turn": "assistant.turns",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
