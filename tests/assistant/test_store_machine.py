"""Row 7. Put, replace, remove, forget, close, ask, in any order: the store equals a dictionary, and no file more."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from assistant.embedding import WordLengthEmbedder
from assistant.records import Report
from assistant.store import Catalog, VectorIndex, forget
from tests.helpers import make_indexed, make_report, put
from tests.reliability.conftest import runs

MARKS = [f"zanzibarbaria{letter * 3}" for letter in "abcdef"]  # in no two texts, and nowhere else
TEXTS = [
    f"{'Wort ' * length}eins. Und {'x' * length} auch {mark}.\n\n{'Satz. ' * length}"
    for length, mark in enumerate(MARKS, 1)
]
ORIGINS = ["a", "b", "c", "d"]
VECTOR = WordLengthEmbedder().embed_queries(["wer ist dort gewesen"])[0]


class StoreMachine(RuleBasedStateMachine):
    """The model is a dictionary from origin to report."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="store-machine-"))
        self.model: dict[str, Report] = {}
        self.catalog = Catalog(self.folder / "catalog.sqlite", create=True)
        self.vectors = VectorIndex(self.folder, self.catalog)

    def teardown(self) -> None:
        self.vectors.close()
        self.catalog.close()
        shutil.rmtree(self.folder)

    @rule(origin=st.sampled_from(ORIGINS), text=st.sampled_from(TEXTS), title=st.sampled_from("xy"))
    def put(self, origin: str, text: str, title: str) -> None:
        report = make_report(text, title=title, language="de")
        put(self.catalog, report, origin)
        self.model[origin] = report

    @rule(origin=st.sampled_from(ORIGINS))
    def remove(self, origin: str) -> None:
        assert self.catalog.remove_origin(origin) == (self.model.pop(origin, None) is not None)

    @rule(origin=st.sampled_from(ORIGINS))
    def forget(self, origin: str) -> None:
        report = self.model.get(origin)
        if report is not None:
            self.vectors.close()
            forget(self.folder, [report.id])
            self.model = {origin: other for origin, other in self.model.items() if other.id != report.id}
            there = " ".join(other.text for other in self.model.values())
            gone = [mark.encode() for mark in MARKS if mark not in there]
            files = [path for path in self.folder.rglob("*") if path.is_file()]
            assert [(path, mark) for path in files for mark in gone if mark in path.read_bytes().lower()] == []

    @rule()
    def reopen(self) -> None:
        self.vectors.close()
        self.catalog.close()
        self.catalog = Catalog(self.folder / "catalog.sqlite")
        self.vectors = VectorIndex(self.folder, self.catalog)

    @rule()
    def lose_the_vectors(self) -> None:
        self.vectors.close()
        shutil.rmtree(self.folder / "vectors", ignore_errors=True)

    @precondition(lambda self: self.catalog.last_change() > 0)
    @rule()
    def ask(self) -> None:
        expected = [make_indexed(report) for report in {r.id: r for r in self.model.values()}.values()]
        sentences = {f"{s.report_id}:{s.number}" for indexed in expected for s in indexed.sentences}
        passages = {p.id for indexed in expected for p in indexed.passages}
        assert {match.id for match in self.vectors.near_sentences(VECTOR, 500)} == sentences
        assert {match.id for match in self.vectors.near_passages(VECTOR, 500)} == passages

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        reports = {report.id: report for report in self.model.values()}
        assert self.catalog.reports() == reports
        assert self.catalog.origins().keys() == self.model.keys()
        expected = {report_id: make_indexed(report) for report_id, report in reports.items()}
        counts = self.catalog.counts()
        assert counts.reports == len(reports)
        assert counts.passages == sum(len(indexed.passages) for indexed in expected.values())
        assert counts.sentences == sum(len(indexed.sentences) for indexed in expected.values())
        ids = [passage.id for indexed in expected.values() for passage in indexed.passages]
        assert {found.passage.id for found in self.catalog.passages(ids)} == set(ids)
        words = frozenset().union(*(found for indexed in expected.values() for found in indexed.terms))
        everywhere = self.catalog.frequencies(["wdeeins", "wdeund", "wdesatz"])
        assert everywhere.keys() == {"wdeeins", "wdeund", "wdesatz"} & words


def test_row_07_the_store_is_what_a_dictionary_says_and_forgets_to_the_last_byte() -> None:
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=runs(12, 200),
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
