"""Centring: what a vector owes to its language alone is taken out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assistant import Assistant
from assistant.background import Background, background_for
from assistant.embedding import EMBEDDED_IDENTITY, Embedder, Vectors, WordLengthEmbedder
from assistant.language import LANGUAGES
from tests.helpers import NamedEmbedder

STORED = background_for(EMBEDDED_IDENTITY)
BY_HAND = Background(
    "by hand",
    queries={"de": np.array([0.5, 0.0], dtype=np.float32), "en": np.array([0.0, 0.5], dtype=np.float32)},
    passages={"de": np.array([1.0, 0.0], dtype=np.float32)},
)


def test_the_embedded_model_has_means_for_the_languages_of_the_samples() -> None:
    assert {"en", "de", "ar"} <= STORED.queries.keys()
    assert STORED.queries.keys() == STORED.passages.keys()
    assert all(mean.shape == (384,) and np.isfinite(mean).all() for mean in STORED.queries.values())
    assert STORED.relevant is not None


def test_every_language_that_is_told_has_a_mean() -> None:
    assert set(LANGUAGES) <= STORED.queries.keys()


@pytest.mark.parametrize(
    ("language", "question", "other"),
    [
        ("pl", "Kiedy wojsko zajęło miasto?", "W tym roku zbiory pszenicy były bardzo słabe."),
        ("it", "Quando l'esercito ha preso la città?", "Quest'anno il raccolto di grano è stato molto scarso."),
        ("ja", "軍はいつ町を制圧したか", "今年の小麦の収穫は非常に悪かった。"),
        ("hy", "Ե՞րբ է բանակը գրավել քաղաքը", "Այս տարի ցորենի բերքը շատ վատ էր։"),
    ],
)
def test_what_answers_in_english_is_nearer_than_anything_in_the_language_of_the_question(
    embedder: Embedder, language: str, question: str, other: str
) -> None:
    asked = STORED.centre_queries(embedder.embed_queries([question]), language)[0]
    right = STORED.centre_passages(embedder.embed_passages(["The army took the town on Sunday."]), "en")[0]
    wrong = STORED.centre_passages(embedder.embed_passages([other]), language)[0]
    assert asked @ right > asked @ wrong + 0.1


def test_another_model_is_not_centred_and_has_no_threshold() -> None:
    for embedder in (WordLengthEmbedder(), NamedEmbedder("multilingual-e5-small 000000000000")):
        background = background_for(embedder.identity)
        vectors = embedder.embed_passages(["the army took the town"])
        assert np.array_equal(background.centre_queries(vectors, "en"), vectors)
        assert np.array_equal(background.centre_passages(vectors, "de"), vectors)
        assert background.relevant is None


def test_centring_subtracts_the_mean_of_the_language_and_scales_to_one() -> None:
    vector = np.array([[0.0, 1.0]], dtype=np.float32)
    assert np.allclose(BY_HAND.centre_queries(vector, "en"), [[0, 1]])
    assert np.allclose(BY_HAND.centre_queries(vector, "de"), np.array([[-0.5, 1]]) / 1.25**0.5)
    assert np.allclose(BY_HAND.centre_passages(vector, "de"), np.array([[-1, 1]]) / 2**0.5)


def test_a_language_without_a_mean_gets_the_mean_of_all() -> None:
    vector = np.array([[1.0, 0.0]], dtype=np.float32)
    expected = np.array([[0.75, -0.25]]) / (0.75**2 + 0.25**2) ** 0.5
    assert np.allclose(BY_HAND.centre_queries(vector, "xx"), expected)
    assert np.allclose(BY_HAND.centre_queries(vector, "und"), expected)


@given(
    hnp.arrays(np.float32, (3, 384), elements=st.floats(-1, 1, width=32)).filter(
        lambda rows: bool((np.linalg.norm(rows, axis=1) > 1e-3).all())
    ),
    st.sampled_from([*STORED.queries, "xx", "und"]),
)
def test_centred_rows_have_unit_length(rows: Vectors, language: str) -> None:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for centred in (STORED.centre_queries(unit, language), STORED.centre_passages(unit, language)):
        assert centred.shape == rows.shape
        assert centred.dtype == np.float32
        assert np.allclose(np.linalg.norm(centred, axis=1), 1, atol=1e-4)


SAME_QUESTIONS = [
    ("When did Operation Jazeera Storm begin?", "Wann begann die Operation Dschasira-Sturm?"),
    ("Who holds the al-Omar oil field?", "Wer hält das Ölfeld al-Omar?"),
    ("How large was Syria's wheat harvest in 2017?", "Wie groß war Syriens Weizenernte 2017?"),
    ("How many people live in the Rukban camp?", "Wie viele Menschen leben im Lager Rukban?"),
    ("What was the magnitude of the earthquake near Halabja?", "Welche Stärke hatte das Erdbeben bei Halabdscha?"),
    ("When did Iraqi forces take al-Qaim?", "Wann nahmen irakische Kräfte al-Kaim ein?"),
]


def test_a_question_finds_the_same_report_in_whatever_language_it_is_asked(sample: Assistant) -> None:
    found = [(sample.retrieve(en, 1)[0].report, sample.retrieve(de, 1)[0].report) for en, de in SAME_QUESTIONS]
    same = [one.id == other.id for one, other in found]
    assert sum(same) >= len(SAME_QUESTIONS) - 1, [(a.title, b.title) for a, b in found]
