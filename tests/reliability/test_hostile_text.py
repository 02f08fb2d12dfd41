"""Row 8: NUL, surrogates, changes of direction, huge metadata, endless words: stored or refused, and nothing breaks."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.records import Report
from assistant.store import verify
from tests.helpers import hard_texts, make_report
from tests.reliability.conftest import runs

_ODD = st.sampled_from(
    ["\0", "\ud800", "\udfff", "\u202e", "\u2066", "\ufeff", "\x1b[31m", "\r", "'; DROP TABLE x; --", '"']
)
_TEXT = st.lists(st.one_of(_ODD, hard_texts, st.text(max_size=6)), max_size=8).map("".join)
_HUGE = st.sampled_from(["x" * 1_000_000, "ى" * 300_000, "a " * 50_000])


@given(
    st.one_of(_TEXT, _HUGE),
    st.one_of(_TEXT, st.just("t" * 100_000)),
    st.none() | _TEXT,
    st.dictionaries(st.text(max_size=5), st.one_of(_TEXT, st.just("d" * 100_000)), max_size=3),
)
@settings(max_examples=runs(5, 2_000), deadline=None)
@example("x" * 1_000_000, "t", None, {})
@example("NUL \0 here.", "\0", "\0", {"\0": "\0"})
@example("\ud800", "t", None, {})
def test_row_08_odd_texts_are_stored_or_refused_and_the_next_write_works(
    text: str, title: str, source: str | None, details: dict[str, str]
) -> None:
    hostile = Report.make(text, title=title, source=source, language="en", details=details)
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
            result = assistant.ingest([hostile])
            assert len(result.added) + len(result.refused) == 1
            assert assistant.ingest([make_report()]).added
            assert assistant.ask("Who took the town?").citations
            if result.added:
                assert assistant.report(hostile.id) == hostile
        assert verify(data).problems == ()
