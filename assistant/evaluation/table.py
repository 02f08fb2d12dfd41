"""A run, and two runs compared, as tables for a terminal."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table

from assistant.evaluation.asking import MEASURED
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.figures import BALANCED, Run

__all__ = ["ROWS", "comparison_table", "figures_table"]

ROWS = (
    *(name for name in MEASURED if not name.startswith("citation")),
    BALANCED,
    "citation recall",
    "citation precision",
)
"""The measures in the order in which they are shown."""


def figures_table(run: Run) -> Table:
    """One row a measure, one column a group of questions."""
    groups = run.groups()
    table = Table(
        title="0 to 1, higher is better; -: no question has a say in it",
        caption=f"Citations judged by {run.about.get('judge', 'nobody')}.",
        box=SIMPLE_HEAD,
    )
    table.add_column("", no_wrap=True)
    for group in groups:
        table.add_column(group.name.partition(" ")[2] or group.name, justify="right", min_width=5, overflow="fold")
    table.add_row("questions", *(str(group.questions) for group in groups), end_section=True)
    for measure in ROWS:
        if measure in groups[0].values:
            shown = (f"{group.values[measure]:.3f}" if measure in group.values else "-" for group in groups)
            table.add_row(measure, *shown)
    table.add_section()
    table.add_row("ms, median", *(f"{group.p50:.0f}" for group in groups))
    table.add_row("ms, 95 of 100", *(f"{group.p95:.0f}" for group in groups))
    return table


def comparison_table(found: Comparison) -> Table:
    """One row a measure; what is worse by more than the bound is marked."""
    caption = (
        f"!: worse by more than {found.bound:g}. Milliseconds (median): {found.ms_old:.0f}, now {found.ms_new:.0f}."
    )
    if found.judges[0] != found.judges[1]:
        caption += f" Citations were judged by {found.judges[0]}, now by {found.judges[1]}: not compared."
    table = Table(title=f"{found.paired} questions that are the same in both", caption=caption, box=SIMPLE_HEAD)
    for heading in ("", "questions", "before", "now", "difference", "95 of 100 within", "better", "worse"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    for d in found.differences:
        mark = " !" if d in found.regressions else ""
        within = f"{d.low:+.3f} {d.high:+.3f}"
        means = (f"{d.old:.3f}", f"{d.new:.3f}", f"{d.difference:+.3f}{mark}", within)
        table.add_row(d.measure, str(d.pairs), *means, str(d.better), str(d.worse), style="red" if mark else None)
    return table
