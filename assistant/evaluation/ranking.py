"""How well a ranking has what is relevant in front. The measures and their notation are those of ir_measures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import ModuleType

from assistant.extras import extra

__all__ = ["MEASURES", "SHORT", "aggregate", "values_of"]

MEASURES = ("Success@1", "Success@3", "Success@10", "RR", "nDCG@10")
"""In ir_measures' notation; Success@k is hit@k, RR the reciprocal rank. Each is 0 to 1, higher is better."""

SHORT = {"Success@1": "hit@1", "Success@3": "hit@3", "Success@10": "hit@10", "RR": "MRR"}
"""How tables call them, where that is another name."""

_ONE = "q"


def aggregate(relevant: dict[str, dict[str, int]], results: dict[str, dict[str, float]]) -> dict[str, float]:
    """The mean of each measure over the questions of `relevant`; one without a result counts as zero."""
    measures = _measures()
    values = _library().calc_aggregate(measures, relevant, results)
    return {str(measure): float(values[measure]) for measure in measures}


def values_of(relevant: Collection[str], result: Mapping[str, float]) -> dict[str, float]:
    """Each measure for one question: what is relevant, and the scores of what was found, higher is better."""
    return aggregate({_ONE: dict.fromkeys(relevant, 1)}, {_ONE: dict(result)})


def _measures() -> list[object]:
    return [_library().parse_measure(name) for name in MEASURES]


def _library() -> ModuleType:
    with extra("eval"):
        import ir_measures
    return ir_measures
