"""Natural language inference by any cross-encoder that has a label for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.background import Background
from assistant.checking import Checker, Claim
from assistant.embedding import WordLengthEmbedder
from assistant.errors import ModelError
from assistant.judge import load_judge
from assistant.records import Citation, Passage, ProblemKind, Report
from tests.helpers import make_cross_encoder


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny untrained cross-encoders: one that tells entailment, and one that tells something else."""
    labels = {"inference": ["contradiction", "ENTAILMENT", "neutral"], "other": ["good", "bad"]}
    return {name: make_cross_encoder(tmp_path_factory.mktemp(name), own) for name, own in labels.items()}


def test_any_model_of_inference_can_be_named(models: dict[str, Path]) -> None:
    judge = load_judge(str(models["inference"]))
    assert judge is not None
    assert len(judge.follows([("It rained.", "It was wet."), ("a", "b")])) == 2
    assert judge.follows([]) == []


def test_a_model_without_that_label_is_told(models: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"good.*entailment"):
        load_judge(str(models["other"]))
    with pytest.raises(ModelError, match="cannot load"):
        load_judge(str(tmp_path / "nothing"))
    assert load_judge("") is None


class Doubting:
    """A judge to whom nothing follows from anything."""

    identity = "doubting"

    def follows(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [-5.0] * len(pairs)


def test_the_check_asks_the_judge() -> None:
    report = Report.make("The army took the town.", title="x", language="en")
    citation = Citation(1, report, 0, len(report.text), Passage("p", report.id, 0, len(report.text), 0, 0))
    claim = Claim("the army holds the town now.", [citation])
    plain = Checker(WordLengthEmbedder(), Background("none"))
    doubting = Checker(WordLengthEmbedder(), Background("none"), judge=Doubting())
    assert not plain.check([claim])[0].problems
    assert [problem.kind for problem in doubting.check([claim])[0].problems] == [ProblemKind.MEANING]
