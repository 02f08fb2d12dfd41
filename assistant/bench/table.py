"""The figures of a benchmark as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from assistant.bench.quality import Quality
from assistant.bench.speed import Latency, Speed
from assistant.evaluation.ranking import MEASURES, SHORT

__all__ = ["quality_table", "speed_table"]


def quality_table(rows: Iterable[Quality]) -> Table:
    """One line a system and set of questions; each measure for the paragraph, then for the sentence."""
    names = [SHORT.get(name, name) for name in MEASURES]
    table = Table(title="Quality, 0 to 1, higher is better (P: paragraph, S: sentence)")
    for heading in ("collection", "asked in", "system", *(f"P {n}" for n in names), *(f"S {n}" for n in names)):
        table.add_column(heading, no_wrap=True)
    before = None
    for row in rows:
        if before not in {None, row.collection}:
            table.add_section()
        before = row.collection
        values = [values[name] for values in (row.paragraph, row.sentence) for name in MEASURES]
        asked = f"{row.questions} ({row.count})"
        table.add_row(row.collection, asked, row.system, *(f"{value:.3f}" for value in values))
    return table


def speed_table(rows: Iterable[Speed]) -> Table:
    """One line a system and size."""
    table = Table(
        title="Speed and memory, each system in a process of its own",
        caption="Sentences/s: from text to searchable index. -: vectors were given; only search and memory count.",
    )
    headings = (
        "sentences",
        "reports",
        "system",
        "sentences/s",
        "ms a question, p50",
        "p95",
        "read, p50/p95",
        "peak MiB",
        "filtered, p50/p95",
    )
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        rate = "-" if row.sentences_per_second is None else f"{row.sentences_per_second:.1f}"
        filtered = ", ".join(f"{name} {_both(value)}" for name, value in row.filtered.items())
        times = f"{row.question.p50:.0f}", f"{row.question.p95:.0f}"
        read = "-" if row.read is None else _both(row.read)
        own = str(row.sentences), str(row.reports), row.system, rate, *times, read, f"{row.peak_mb:.0f}", filtered
        table.add_row(*own)
    return table


def _both(value: Latency) -> str:
    return f"{value.p50:.0f}/{value.p95:.0f}"
