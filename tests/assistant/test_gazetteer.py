"""The gazetteer: names in any spelling lead to places."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SettingsError
from assistant.gazetteer import GeoNames, name_form
from assistant.sounds import sound

ABU_KAMAL, RAWA, RAQQA, QAIM, SYRIA = 174448, 92004, 172955, 92138, 163843


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Abu Kamal", ABU_KAMAL),
        ("Al-Bukamal", ABU_KAMAL),
        ("البوكمال", ABU_KAMAL),
        ("أبو كمال", ABU_KAMAL),
        ("Абу-Камаль", ABU_KAMAL),
        ("Rawa", RAWA),
        ("راوة", RAWA),
        ("Raqqa", RAQQA),
        ("ar-Raqqah", RAQQA),
        ("الرقة", RAQQA),
        ("Эр-Ракка", RAQQA),
        ("al-Qa'im", QAIM),
        ("القائم", QAIM),
        ("Аль-Каим", QAIM),
        ("Syrien", SYRIA),
        ("سوريا", SYRIA),
        ("Сирия", SYRIA),
    ],
)
def test_a_name_leads_to_its_place(gazetteer: GeoNames, name: str, place: int) -> None:
    assert place in {candidate.id for candidate in gazetteer.candidates(name_form(name))}


@pytest.mark.parametrize(("name", "language"), [("Qariatein", "en"), ("Maiadin", "de"), ("Boukamaal", "fr")])
def test_a_spelling_that_it_lacks_is_found_by_its_sound(gazetteer: GeoNames, name: str, language: str) -> None:
    assert not gazetteer.candidates(name_form(name))
    assert "SY" in {place.country for place in gazetteer.alike(sound(name_form(name), language))}


def test_a_word_of_a_language_is_no_spelling_of_a_town(gazetteer: GeoNames) -> None:
    assert [name for name in ("Polizei", "Meinung", "Majadin", "Boukamal", "România") if gazetteer.is_word(name)] == [
        "Polizei",
        "Meinung",
    ]


def test_countries_come_first_and_then_the_largest(gazetteer: GeoNames) -> None:
    georgia = gazetteer.candidates("jordan")
    assert georgia[0].is_country
    assert not any(place.is_country for place in georgia[1:])
    sizes = [place.population for place in georgia[1:]]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("form", ["", "a", "an", "the", "den", "\0", "x" * 10_000, "'; DROP TABLE names"])
def test_what_is_no_name_has_no_places_or_an_answer(gazetteer: GeoNames, form: str) -> None:
    assert all(place.name for place in gazetteer.candidates(form))
    assert gazetteer.alike(form[:4]) == ()


@given(st.text(max_size=40))
def test_a_form_is_stable(name: str) -> None:
    form = name_form(name)
    assert form == form.strip()
    assert " " not in form
    assert name_form(name.upper()) == name_form(name.upper().lower())


def test_it_can_be_asked_by_many_threads(gazetteer: GeoNames) -> None:
    names = ["raqqa", "aleppo", "mosul", "homs", "damascus"] * 20
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: gazetteer.candidates(name)[0].name, names))
    assert found == found[:5] * 20


_MAKE = """
import resource, sys
from pathlib import Path
from assistant.errors import LagebildError
from assistant.gazetteer import open_gazetteer
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
try:
    open_gazetteer(Path(sys.argv[1]))
except LagebildError as error:
    print(error)
"""


@pytest.mark.parametrize("fault", ["a file in its way", "no room"])
def test_a_cache_folder_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, fault: str) -> None:
    folder, limit = (tmp_path / "file" / "cache", []) if fault == "a file in its way" else (tmp_path, ["4096"])
    (tmp_path / "file").write_text("x", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _MAKE, folder, *limit], capture_output=True, text=True, check=True, timeout=100
    )
    assert str(folder) in done.stdout
    assert "LAGEBILD_CACHE" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["file"]  # and nothing is left


def test_one_that_is_gone_meanwhile_and_cannot_be_made_again_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(SettingsError, match="LAGEBILD_CACHE"):
        GeoNames(tmp_path / "file" / "gazetteer.sqlite").candidates("raqqa")
