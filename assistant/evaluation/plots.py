"""The figures of a run as plots (matplotlib), each an SVG whose text stays text."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

from assistant.evaluation.comparing import Comparison
from assistant.evaluation.figures import ALL, BALANCED, Group, Run
from assistant.extras import extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["difference_plot", "figures_plot", "time_plot"]

_SHOWN = ("report hit@1", "report hit@3", "sentence hit@1", "sentence hit@3", "cited", BALANCED, "decided right")
_STYLE: Any = {
    "svg.fonttype": "none",  # text, in the reader's own fonts: every script
    "text.parse_math": False,  # a kind may have dollars in it
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def figures_plot(groups: Sequence[Group]) -> str:
    """One row of dots a measure: each group of questions, 0 to 1."""
    shown = [measure for measure in _SHOWN if any(measure in group.values for group in groups)][::-1]
    figure = _figure(1.2 + 0.42 * len(shown))
    axes = figure.subplots()
    for place, group in enumerate(groups):
        points = [(group.values[m], row) for row, m in enumerate(shown) if m in group.values]
        style: dict[str, Any] = {"marker": "|", "s": 300, "color": "black"} if group.name == ALL else {"s": 36}
        axes.scatter([x for x, _ in points], [y for _, y in points], label=group.name, zorder=3 + place, **style)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.6, len(shown) - 0.4), yticks=range(len(shown)), yticklabels=shown)
    axes.grid(axis="both", color="#ddd")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return _svg(figure)


def time_plot(run: Run) -> str:
    """The share of questions that took no longer than so many milliseconds."""
    figure = _figure(3.0)
    axes = figure.subplots()
    axes.ecdf([result.ms for result in run.results], color="black")
    axes.axhline(0.5, color="#ddd", zorder=0)
    axes.axhline(0.95, color="#ddd", zorder=0)
    axes.set(xlabel="milliseconds", ylabel="share of the questions", ylim=(0, 1.01), xlim=(0, None))
    return _svg(figure)


def difference_plot(found: Comparison) -> str:
    """The difference of each measure, with the interval in which 95 of 100 draws lie; left of 0 it is worse now."""
    shown = found.differences[::-1]
    figure = _figure(1.2 + 0.32 * len(shown))
    axes = figure.subplots()
    middles = [d.difference for d in shown]
    reach = [[d.difference - d.low for d in shown], [d.high - d.difference for d in shown]]
    axes.errorbar(middles, range(len(shown)), xerr=reach, fmt="o", color="black", ecolor="#999")
    axes.axvline(0, color="#999")
    axes.axvline(-found.bound, color="#b00", linestyle="--")
    axes.set(yticks=range(len(shown)), yticklabels=[d.measure for d in shown], ylim=(-0.6, len(shown) - 0.4))
    return _svg(figure)


def _figure(height: float) -> Figure:
    with extra("eval"):
        import matplotlib as mpl
        from matplotlib.figure import Figure
    with mpl.rc_context(_STYLE):
        return Figure(figsize=(8.0, height), layout="constrained")


def _svg(figure: Figure) -> str:
    import matplotlib as mpl

    written = StringIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(written, format="svg", metadata={"Date": None}, transparent=True)
    return written.getvalue()
