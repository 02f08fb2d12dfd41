"""A question as the reports spell its names."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.mentions import Name
from assistant.query import Query
from assistant.respelling import respelled
from tests.helpers import make_report

QUESTION = "Wer nahm Karjatain vor der SDK?"
NAMES = (Name(9, 18, ("place:1",)), Name(27, 30, ("group:sdf",)))


def query(text: str, names: tuple[Name, ...]) -> Query:
    return Query(text, "de", (), names=names)


def test_each_language_has_its_own_way_to_write_them() -> None:
    town = {
        "en": Counter({"Al-Qaryatayn": 3, "Qaryatain": 1}),
        "ar": Counter({"القريتين": 5}),
        "de": Counter(Karjatain=2),
    }
    group = {"en": Counter(SDF=5), "de": Counter({"SDK": 1, "Syrischen Demokratischen Kräfte": 4})}
    assert respelled(query(QUESTION, NAMES), [town, group]) == [
        QUESTION,
        "Wer nahm Al-Qaryatayn vor der SDF?",
        "Wer nahm القريتين vor der SDK?",
    ]


def test_a_spelling_that_the_reports_have_is_kept_in_their_case_and_with_their_marks() -> None:
    assert respelled(query("who took al-qa'im?", (Name(9, 17, ("place:1",)),)), [{"en": Counter({"Al-Qaim": 7})}]) == [
        "who took Al-Qaim?"
    ]
    assert respelled(query("WHO TOOK AL-QAIM?", (Name(9, 16, ("place:1",)),)), [{"en": Counter({"Al-Qaim": 7})}]) == [
        "Who took Al-Qaim?"
    ]


def test_what_no_report_names_stays() -> None:
    assert respelled(query(QUESTION, NAMES), [{}, {}]) == [QUESTION]


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["en", "de", "ar", "ru", "fr"]),
            st.dictionaries(st.text(min_size=1, max_size=8), st.integers(1, 9), min_size=1).map(Counter),
        ),
        min_size=2,
        max_size=2,
    )
)
def test_nothing_but_the_names_changes(spellings: list[dict[str, Counter[str]]]) -> None:
    written = respelled(query(QUESTION, NAMES), spellings)
    assert len(written) == len(set(written)) <= 4
    for text in written:
        assert text.startswith("Wer nahm ")
        assert " vor der " in text
        assert text.endswith("?")


def test_the_catalog_tells_how_the_reports_of_a_language_spell_a_place(tiny: Assistant) -> None:
    texts = [
        ("Raqqa was quiet. Raqqa is in Syria.", "en"),
        ("Ar-Raqqah is a city in Syria.", "en"),
        ("Rakka liegt in Syrien.", "de"),
    ]
    tiny.ingest([make_report(text, title=text, language=language) for text, language in texts])
    [raqqa] = [name.entity for name in tiny.names() if "Raqqah" in name.name]
    assert tiny.catalog().spellings([raqqa, "place:0"]) == {
        "en": Counter({"Raqqa": 2, "Ar-Raqqah": 1}),
        "de": Counter({"Rakka": 1}),
    }
