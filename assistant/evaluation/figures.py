"""The figures of a run: means over all questions, and by language and kind, with what made them. Read and written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import EvaluationError
from assistant.evaluation.asking import MEASURED, Result

__all__ = ["ALL", "BALANCED", "Group", "Run", "read_run", "write_run"]

ALL = "all"
BALANCED = "balanced"


class Group(BaseModel):
    """Some of the questions. `values` are means over the questions that have a say in a measure, `counts` is how many;
    a measure in which none has a say is not there. `balanced` is the mean of `answered` and `declined`. `p50` and `p95`
    are milliseconds a question."""

    model_config = ConfigDict(frozen=True)

    name: str
    questions: int
    values: dict[str, float]
    counts: dict[str, int]
    p50: float
    p95: float

    @classmethod
    def of(cls, name: str, results: Sequence[Result]) -> Group:
        """The figures of these results, of which there is one at least."""
        found = {m: [r.values[m] for r in results if m in r.values] for m in MEASURED}
        values = {measure: float(np.mean(those)) for measure, those in found.items() if those}
        counts = {measure: len(those) for measure, those in found.items() if those}
        if "answered" in values and "declined" in values:
            values[BALANCED] = (values["answered"] + values["declined"]) / 2
            counts[BALANCED] = counts["answered"] + counts["declined"]
        p50, p95 = (float(value) for value in np.percentile([r.ms for r in results], [50, 95]))
        return cls(name=name, questions=len(results), values=values, counts=counts, p50=p50, p95=p95)


class Run(BaseModel):
    """One run: `about` says what was asked, of what and by whom it was judged; one result a question."""

    model_config = ConfigDict(frozen=True)

    about: dict[str, str]
    results: tuple[Result, ...]

    def groups(self) -> list[Group]:
        """All questions, then those of each language, then those of each kind, where there is more than one."""
        groups = [Group.of(ALL, self.results)]
        for field in ("language", "kind"):
            found = sorted({getattr(result, field) for result in self.results})
            for name in found if len(found) > 1 else ():
                some = [result for result in self.results if getattr(result, field) == name]
                groups.append(Group.of(f"{field} {name or 'not said'}", some))
        return groups

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the run, and its figures."""
        groups = [group.model_dump() for group in self.groups()]
        return {"about": self.about, "groups": groups, "results": [r.model_dump(mode="json") for r in self.results]}


def write_run(run: Run, path: Path) -> None:
    """Write a run for programs, and for comparing with."""
    path.write_text(json.dumps(run.to_dict(), ensure_ascii=False, indent=2) + "\n", "utf-8")


def read_run(path: Path) -> Run:
    """A run that `write_run` wrote; an EvaluationError where it is none."""
    try:
        return Run.model_validate_json(path.read_bytes())
    except OSError as error:
        raise EvaluationError(
            f"{path}: this file cannot be read ({error.strerror}). Name what --json wrote."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise EvaluationError(f"{path}: this is no run ({where}: {first['msg']}). Name what --json wrote.") from error
