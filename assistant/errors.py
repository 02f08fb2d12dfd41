"""Every error that Lagebild raises on purpose, in one tree.

    LagebildError
    ├── SettingsError            a setting has no meaning
    ├── DataFolderError          the data folder is absent, empty, not writable or not ours
    │   ├── IndexMismatchError   the index was made with another model or another version
    │   ├── IndexLockedError     another process is writing
    │   ├── CatalogDamagedError  the catalog cannot be read
    │   └── VectorServerError    the Chroma server does not answer
    ├── BackupError              a file for people cannot be written, or a backup is damaged
    ├── ModelError               an embedding model cannot be loaded
    ├── LLMError                 a language model does not answer
    ├── QuestionError            a question is empty or too long
    ├── EvaluationError          questions to measure with, or the figures of a run, cannot be used
    ├── ConversationError        there is no such conversation
    └── ReportError              one report cannot be read; the batch goes on

A message names the offending thing, then the reason, then the next step. Only the command line, the chat
and the other doors turn an error into words for people; nothing below them prints.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

__all__ = [
    "BackupError",
    "CatalogDamagedError",
    "ConversationError",
    "DataFolderError",
    "EvaluationError",
    "IndexLockedError",
    "IndexMismatchError",
    "LLMError",
    "LLMFailure",
    "LagebildError",
    "ModelError",
    "QuestionError",
    "ReportError",
    "SettingsError",
    "VectorServerError",
]


class LagebildError(Exception):
    """The root: its text can be shown to a person as it stands."""


class SettingsError(LagebildError):
    """A setting has a value that means nothing."""


class DataFolderError(LagebildError):
    """The data folder is absent, cannot be written, or holds something else."""


class IndexMismatchError(DataFolderError):
    """The index was made with another embedding model, or by another schema version."""


class IndexLockedError(DataFolderError):
    """Another process holds the write lock."""


class CatalogDamagedError(DataFolderError):
    """The catalog, the system of record, cannot be read."""


class VectorServerError(DataFolderError):
    """The Chroma server that keeps the vectors does not answer, or does not do what it is asked to."""


class BackupError(LagebildError):
    """A backup, an export or a transcript cannot be written; a backup is none, or is damaged."""


class ModelError(LagebildError):
    """An embedding model cannot be found or loaded."""


LLMFailure = Literal["slow", "down", "quota", "denied", "broken"]
"""Why a language model does not answer: it takes too long; nobody is there; it was asked too often, or for more than is
paid for; the key is not accepted; anything else."""


class LLMError(LagebildError):
    """A language model does not answer, or breaks off. `wait` is how many seconds its server asks to wait, None where
    it does not say."""

    def __init__(self, reason: LLMFailure, wait: float | None = None) -> None:
        super().__init__(f"The language model does not answer ({reason}). See LAGEBILD_LLM in docs/settings.md.")
        self.reason = reason
        self.wait = wait


class QuestionError(LagebildError):
    """A question is empty or longer than the stated limit."""


class EvaluationError(LagebildError):
    """Questions to measure with, or the figures of an earlier run, cannot be used."""


class ConversationError(LagebildError):
    """A conversation is not there."""


class ReportError(LagebildError):
    """One report cannot be read. `origin` names the file (and the record in it), `reason` says why."""

    def __init__(self, origin: Path | str, reason: str) -> None:
        super().__init__(f"{origin}: {reason}")
        self.origin = str(origin)
        self.reason = reason
