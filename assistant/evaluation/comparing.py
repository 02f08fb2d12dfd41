"""Compares two runs, question by question: what is better, what is worse, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.errors import EvaluationError
from assistant.evaluation.asking import MEASURED
from assistant.evaluation.figures import Run

__all__ = ["BOUND", "Comparison", "Difference", "compare"]

BOUND = 0.02
"""How much worse a measure may be, if nothing else is said."""

_DRAWS, _SEED = 2_000, 20171109
_JUDGED = ("citation recall", "citation precision")


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure over the questions that have a say in it in both runs. `low` and `high` are the ends of the
    interval in which 95 of 100 differences lie that are drawn from these questions (paired bootstrap, Efron 1979)."""

    measure: str
    pairs: int
    old: float
    new: float
    low: float
    high: float
    better: int
    worse: int

    @property
    def difference(self) -> float:
        """New less old: above 0 it is better now."""
        return self.new - self.old


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences, the questions that only one of the runs has (or asks in other words), and the medians of time.

    `regressions` are the measures that are worse by more than the bound.
    """

    differences: tuple[Difference, ...]
    paired: int
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    ms_old: float
    ms_new: float
    bound: float
    judges: tuple[str, str]

    @property
    def regressions(self) -> tuple[Difference, ...]:
        """What is worse by more than the bound."""
        return tuple(d for d in self.differences if d.difference < -self.bound)


def compare(old: Run, new: Run, bound: float = BOUND) -> Comparison:
    """Compare two runs over the questions that are the same in both: id, wording, limits and expectations.

    Where the judges differ, what they judge is not compared. Time is told, and no regression: other work on the
    machine moves it more than any change.
    """
    before = {(result.id, result.asked): result for result in old.results}
    after = {(result.id, result.asked): result for result in new.results}
    both = [(before[key], after[key]) for key in before if key in after]
    if not both:
        raise EvaluationError("The two runs have no question in common, so that there is nothing to compare.")
    judges = (old.about.get("judge", ""), new.about.get("judge", ""))
    differences = []
    for measure in MEASURED:
        if measure in _JUDGED and judges[0] != judges[1]:
            continue
        values = [
            (o.values[measure], n.values[measure]) for o, n in both if measure in o.values and measure in n.values
        ]
        if values:
            differences.append(_difference(measure, values))
    return Comparison(
        differences=tuple(differences),
        paired=len(both),
        only_old=tuple(before[key].id for key in before if key not in after),
        only_new=tuple(after[key].id for key in after if key not in before),
        ms_old=float(np.median([o.ms for o, _ in both])),
        ms_new=float(np.median([n.ms for _, n in both])),
        bound=bound,
        judges=judges,
    )


def _difference(measure: str, values: Sequence[tuple[float, float]]) -> Difference:
    pairs = np.asarray(values)
    gains = pairs[:, 1] - pairs[:, 0]
    draws = np.random.default_rng(_SEED).choice(gains, size=(_DRAWS, len(gains))).mean(axis=1)
    low, high = (float(end) for end in np.percentile(draws, [2.5, 97.5]))
    old, new = (float(mean) for mean in pairs.mean(axis=0))
    better, worse = int((gains > 0).sum()), int((gains < 0).sum())
    return Difference(measure, len(values), old, new, low, high, better, worse)
