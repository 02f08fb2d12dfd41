"""What has the same vector: one record stands for all in the vector index.

A form's sentences are equal by the thousand, and so are messages that are passed on. To a graph of neighbours such as
Chroma's, equal vectors are an island: each has the others for its neighbours, and what lies behind them is not found
any more. So the first passage with a vector stands for all that have it, and the first sentence for all that have
it. A sentence that is a passage by itself stands for none, as it is found by that passage. Knows the catalog's tables;
knows nothing of Chroma.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.store.catalog import Catalog
from assistant.store.rows import Kind

__all__ = ["HEAD", "alone", "next_standing", "standing", "with_equal"]

HEAD = 16
"""Bytes of a vector by which the catalog looks for those that may be equal."""

_SAME = f"substr(t.vector, 1, {HEAD}) = substr(s.vector, 1, {HEAD}) AND t.vector = s.vector"
_ID = {"passages": "{0}.id", "sentences": "{0}.report_id || ':' || {0}.number"}
_IS = {
    "passages": "s.id = a.record",
    "sentences": "s.report_id = a.report_id AND s.number = CAST(a.number AS INTEGER)",
}
_MAY_STAND = {
    "passages": "TRUE",
    "sentences": "NOT EXISTS (SELECT 1 FROM passages p "
    "WHERE p.report_id = {0}.report_id AND p.first = {0}.number AND p.last = {0}.number)",
}


def standing(catalog: Catalog, kind: Kind, report_ids: Sequence[str]) -> set[str]:
    """Of up to 30,000 reports the passages or sentences that stand for all with their vector."""
    marks = ",".join("?" * len(report_ids))
    sql = f"SELECT {_ID[kind].format('s')} FROM {kind} s WHERE s.report_id IN ({marks}) AND {_first(kind)}"
    return {record for (record,) in catalog.rows(sql, report_ids)}


def next_standing(catalog: Catalog, kind: Kind, heads: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """The records that stand for all with each of the vectors that begin so: each with the id of its report."""
    sql = (
        f"SELECT {_ID[kind].format('s')}, s.report_id FROM {kind} s "
        f"WHERE substr(s.vector, 1, {HEAD}) = ? AND {_first(kind)}"
    )
    for head in heads:
        yield from catalog.rows(sql, (head,))


def _first(kind: Kind) -> str:
    # Rows have their numbers in the order in which they were stored, which a VACUUM keeps.
    may = _MAY_STAND[kind]
    earlier = f"SELECT 1 FROM {kind} t WHERE {_SAME} AND t.rowid < s.rowid AND {may.format('t')}"
    return f"{may.format('s')} AND NOT EXISTS ({earlier})"


def with_equal(catalog: Catalog, kind: Kind, records: Sequence[str], count: int) -> dict[str, list[str]]:
    """Each of up to 10,000 records, in their order, with those that have its vector, itself among them: up to `count`
    for each, the first ones first. One that the catalog does not have is alone."""
    found = {record: [record] for record in records}
    asked = [value for record in records for value in (record, *record.rpartition(":")[::2])]
    crowded = (  # a cross join, so that SQLite begins with what is asked for
        f"WITH asked (record, report_id, number) AS (VALUES {','.join(['(?, ?, ?)'] * len(records))}) "
        f"SELECT a.record, s.rowid FROM asked a CROSS JOIN {kind} s WHERE {_IS[kind]} "
        f"AND EXISTS (SELECT 1 FROM {kind} t WHERE {_SAME} AND t.rowid <> s.rowid)"
    )
    equal = (
        f"SELECT {_ID[kind].format('t')} FROM {kind} s JOIN {kind} t ON {_SAME} "
        "WHERE s.rowid = ? ORDER BY t.rowid LIMIT ?"
    )
    for record, row in catalog.rows(crowded, asked) if records else ():
        found[record] = [one for (one,) in catalog.rows(equal, (row, count))]
    return found


def alone(catalog: Catalog, passages: Sequence[str]) -> dict[str, str]:
    """Of these passages those that are one sentence: the id of each, and that of the sentence."""
    marks = ",".join("?" * len(passages))
    sql = f"SELECT id, report_id, first FROM passages WHERE id IN ({marks}) AND first = last"
    return {passage: f"{report_id}:{number}" for passage, report_id, number in catalog.rows(sql, passages)}
