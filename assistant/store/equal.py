"""Sentences with the same vector: the first of them stands for all in the vector index.

A form's sentences are equal by the thousand. To a graph of neighbours such as Chroma's, equal vectors are an island:
each has the others for its neighbours, and what lies behind them is not found any more. Knows the catalog's tables;
knows nothing of Chroma.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.store.catalog import Catalog

__all__ = ["HEAD", "equal_to", "first_of_reports", "firsts"]

HEAD = 16
"""Bytes of a vector by which the catalog looks for those that may be equal."""

_SAME = f"substr(t.vector, 1, {HEAD}) = substr(s.vector, 1, {HEAD}) AND t.vector = s.vector"


def first_of_reports(catalog: Catalog, report_ids: Sequence[str]) -> set[tuple[str, int]]:
    """Of up to 30,000 reports the sentences that have a vector that no earlier sentence has: report id and number."""
    sql = (
        f"SELECT s.report_id, s.number FROM sentences s WHERE s.report_id IN ({','.join('?' * len(report_ids))}) "
        f"AND NOT EXISTS (SELECT 1 FROM sentences t WHERE {_SAME} AND t.key < s.key)"
    )
    return set(catalog.rows(sql, report_ids))


def equal_to(catalog: Catalog, report_id: str, number: int, count: int) -> Sequence[tuple[str, int]]:
    """Up to `count` sentences with the vector of this one, the first ones first; it is one of them."""
    sql = (
        f"SELECT t.report_id, t.number FROM sentences s JOIN sentences t ON {_SAME} "
        "WHERE s.report_id = ? AND s.number = ? ORDER BY t.key LIMIT ?"
    )
    return catalog.rows(sql, (report_id, number, count))


def firsts(catalog: Catalog, heads: Iterable[bytes]) -> Sequence[tuple[str, int]]:
    """The first sentence with each of the vectors that begin so."""
    sql = (
        f"SELECT s.report_id, s.number FROM sentences s WHERE substr(s.vector, 1, {HEAD}) = ? "
        f"AND NOT EXISTS (SELECT 1 FROM sentences t WHERE {_SAME} AND t.key < s.key)"
    )
    return [row for head in heads for row in catalog.rows(sql, (head,))]
