"""Questions about names in other spellings and about times, over the sample reports: a floor under what is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.store import Catalog
from scripts.measure_questions import measure, questions


@pytest.mark.parametrize(("kind", "count", "floor"), [("name", 30, 25), ("time", 25, 23), ("event", 24, 18)])
def test_the_right_report_is_among_the_first_three(sample: Assistant, kind: str, count: int, floor: int) -> None:
    with Catalog(sample.settings.data / "catalog.sqlite") as catalog:
        ids = {Path(catalog.origins_of([report_id])[0]).name: report_id for report_id in catalog.report_ids()}
    found = list(measure(sample, questions(kind, "samples"), ids))
    missed = [result.id for result in found if result.rank not in {0, 1, 2}]
    print(f"{kind}: {len(found) - len(missed)} of {len(found)}; not {missed}")
    assert len(found) == count
    assert len(found) - len(missed) >= floor, missed
