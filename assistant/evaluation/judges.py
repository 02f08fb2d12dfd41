"""Who says whether a statement follows from what it cites, for citation recall and precision. Each judge has a name.

No judge is right always, and figures by one are not to be compared with figures by another.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

from assistant.assistant import Assistant
from assistant.checking import Checker, Claim
from assistant.errors import SettingsError
from assistant.evaluation.citations import Judge
from assistant.judge import Judge as Entailment
from assistant.judge import load_judge
from assistant.language import detect_language
from assistant.records import Citation, Passage, Report, Support

__all__ = ["OWN", "EntailmentJudge", "OwnCheck", "choose_judge"]

OWN = "check"
"""The name by which Lagebild's own check is asked for."""


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """Lagebild's own check, which what a language model writes has to pass: no stranger, and so no proof."""

    checker: Checker
    name: str = "Lagebild's own check"

    def supports(self, text: str, statement: str) -> bool:
        """Whether the check finds nothing; a quotation needs no check."""
        if " ".join(statement.split()) in " ".join(text.split()):
            return True
        report = Report.make(text, title="", language=detect_language(text))
        passage = Passage("", report.id, 0, len(text), 0, 0)
        finding = self.checker.check([Claim(statement, [Citation(1, report, 0, len(text), passage)])])[0]
        return finding.support is Support.SUPPORTED


@dataclass(frozen=True, slots=True)
class EntailmentJudge:
    """A model of natural language inference: supported is what it holds for likelier than not."""

    model: Entailment = field(repr=False)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.identity

    def supports(self, text: str, statement: str) -> bool:
        """Whether the statement follows from the text."""
        return self.model.follows([(text, statement)])[0] > 0


def choose_judge(name: str, assistant: Assistant) -> Judge:
    """The judge of this name: `check` is Lagebild's own, `package.module:attribute` a judge or a class of judges, and
    anything else a cross-encoder, by name or folder. Empty: that of the settings, or else `check`.

    A SettingsError or a ModelError where there is none.
    """
    name = name or assistant.settings.judge or OWN
    if name == OWN:
        return OwnCheck(Checker(assistant.embedder, assistant.background, assistant.gazetteer))
    module, colon, attribute = name.partition(":")
    if colon and module.replace(".", "_").isidentifier() and attribute.isidentifier():
        return _imported(name, module, attribute)
    model = load_judge(name)
    if model is None:  # an empty name, which was replaced above
        raise SettingsError(f"judge is {name!r}. Name a cross-encoder, package.module:attribute, or {OWN}.")
    return EntailmentJudge(model)


def _imported(name: str, module: str, attribute: str) -> Judge:
    try:
        found: Any = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"judge is {name!r}, which cannot be imported ({error}).") from error
    judge: Judge = found() if isinstance(found, type) else found
    if not isinstance(getattr(judge, "name", None), str) or not callable(getattr(judge, "supports", None)):
        raise SettingsError(
            f"judge is {name!r}, a {type(judge).__name__}. It must have a name and supports(text, statement)."
        )
    return judge
