"""A run as one page of HTML that stands alone: figures, plots, and what became of every question.

It loads nothing and runs nothing: the plots are images inside of it, and its own policy forbids all else.
"""

from __future__ import annotations

import base64
from pathlib import Path

from assistant.evaluation.asking import MEASURED, Result
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.figures import ALL, Run
from assistant.evaluation.plots import difference_plot, figures_plot, time_plot
from assistant.evaluation.table import ROWS
from assistant.extras import extra

__all__ = ["write_page"]

_TEMPLATE = Path(__file__).with_name("page.html")


def write_page(run: Run, found: Comparison | None, path: Path) -> None:
    """Write the page; with what is different from an earlier run, where there is one."""
    with extra("eval"):
        from jinja2 import Environment, StrictUndefined
    groups = run.groups()
    plots = []
    for field in ("language", "kind"):
        some = [group for group in groups if group.name == ALL or group.name.startswith(field)]
        if len(some) > 1 or field == "language":
            plots.append((f"Measures by {field}", _embedded(figures_plot(some))))
    plots.append(("Time of a question", _embedded(time_plot(run))))
    if found is not None:
        plots.append(("Difference from the earlier run", _embedded(difference_plot(found))))
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(_TEMPLATE.read_text("utf-8"))
    page = template.render(
        run=run,
        groups=groups,
        rows=[(measure, MEASURED.get(measure, "the mean of answered and declined")) for measure in ROWS],
        plots=plots,
        found=found,
        results=sorted(run.results, key=_failed_first),
    )
    path.write_text(page, "utf-8")


def _failed_first(result: Result) -> tuple[float, float]:
    return result.values.get("decided right", 1.0), result.values.get("cited", 1.0)


def _embedded(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
