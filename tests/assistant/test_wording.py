"""The wording: complete in every language, and a broken file is named."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from string import Template

import pytest

from assistant.dates import PartialDate
from assistant.errors import SettingsError
from assistant.templates import prompts_folder
from assistant.ui.labels import _labels, label
from assistant.wording import _VARIABLES, FALLBACK_LANGUAGE, _load, load_wording

FILES = sorted((prompts_folder() / "wording").glob("*.toml"))
SPACES = dict.fromkeys((0x2009, 0x202F, 0xA0), " ")
GOOD = (prompts_folder() / "wording" / "en.toml").read_text("utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_language_says_the_same_things_with_the_same_values(path: Path) -> None:
    wording, english = load_wording(path.stem), load_wording("en")
    assert wording.language == path.stem
    assert wording.texts.keys() == english.texts.keys()
    for name, text in wording.texts.items():
        assert text.strip()
        values = Template(text).get_identifiers()
        assert set(values) == set(Template(english.texts[name]).get_identifiers()), name
        said = wording.say(name, **{value: f"<{value}>" for value in values})
        assert "$" not in said
        assert all(f"<{value}>" in said for value in values)


def test_the_issues_languages_are_there_and_others_fall_back() -> None:
    assert {"en", "de", "ar", "ru", "fr"} <= {path.stem for path in FILES}
    assert load_wording("und").language == load_wording("xx").language == FALLBACK_LANGUAGE


def test_a_file_may_be_written_anew_and_is_read(tmp_path: Path) -> None:
    (tmp_path / "fr.toml").write_text(GOOD.replace("date unknown", "date inconnue"), "utf-8")
    wording = _load(tmp_path / "fr.toml")
    assert (wording.language, wording.say("unknown_date")) == ("fr", "date inconnue")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (GOOD.replace("undated = ", "dated = "), "undated"),
        (GOOD + '\nextra = "x"\n', "extra"),
        (GOOD.replace("As of $date,", "As of $day,"), "day"),
        (GOOD.replace("As of $date,", "As of $ 5,"), "as_of"),
        (GOOD.replace("As of $date,", "As of ${date,"), "as_of"),
        (GOOD.replace('"date unknown"', "5"), "unknown_date"),
        (GOOD.replace('"date unknown"', '["a"]'), "unknown_date"),
        (GOOD + "\nthis is no TOML", "cannot be read"),
        ("", "missing"),
        (GOOD.encode("utf-16"), "cannot be read"),
    ],
    ids=["missing", "too many", "variable", "dollar", "brace", "number", "list", "syntax", "empty", "encoding"],
)
def test_a_broken_file_is_a_settings_error_that_names_it(tmp_path: Path, content: str | bytes, named: str) -> None:
    path = tmp_path / "en.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=named) as caught:
        _load(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"fr\.toml"):
        _load(tmp_path / "fr.toml")


@pytest.mark.parametrize(
    ("language", "date", "expected"),
    [
        ("en", "2017-11-09", "November 9, 2017"),
        ("en", "2017-11", "November 2017"),
        ("en", "2017", "2017"),
        ("de", "2017-11-09", "9. November 2017"),
        ("de", "2017-11", "November 2017"),
        ("de", "2017", "2017"),
        ("en", "2017-11-28/2017-12-03", "Nov 28 – Dec 3, 2017"),
        ("de", "2017-11-03/2017-11-06", "3.–6. Nov. 2017"),
        ("ar", "2017-11-03/2017-11-06", "3–6 نوفمبر 2017"),
        ("ar", "2017-11-09", "9 نوفمبر 2017"),
        ("ar", "2017-11", "نوفمبر 2017"),
        ("ru", "2017-11-09", "9 ноября 2017 г."),
        ("ru", "2017-11", "ноябрь 2017 г."),
        ("fr", "2017-11-09", "9 novembre 2017"),
        ("fr", "2017-11-28/2017-12-03", "28 nov. – 3 déc. 2017"),
    ],
)
def test_a_date_is_written_as_people_write_it_and_no_more_of_it_than_is_known(
    language: str, date: str, expected: str
) -> None:
    written = load_wording(language).date(PartialDate.parse(date))
    assert "".join(c for c in written if c not in "\u200e\u200f\u061c").translate(SPACES) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("name", [name for name, values in _VARIABLES.items() if "date" in values])
def test_no_date_puts_a_second_full_stop_to_a_sentence(path: Path, name: str) -> None:
    wording = load_wording(path.stem)
    values = dict.fromkeys(Template(wording.texts[name]).get_identifiers(), "x")
    said = wording.say(name, **values | {"date": wording.date(PartialDate(2017, 11, 9))})
    assert ".." not in said


@pytest.mark.parametrize("days", [2, 14, 62, 732])
def test_an_arabic_age_stands_where_its_dual_is_right(days: int) -> None:
    age = load_wording("ar").age(dt.timedelta(days=days))
    assert age.endswith("ان")  # after a preposition it would have to end in ين
    assert label("ar", "age", age=age) == f"عمره {age}"


def test_the_page_calls_nobody_du() -> None:
    texts = [*load_wording("de").texts.values(), *_labels("de").values()]
    assert not [text for text in texts if re.search(r"\b(?:Füge|Sieh|Frag|Gib|Wähle|[Dd]u|[Dd]eine?)\b", text)]


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (1, "1 day"),
        (11, "11 days"),
        (14, "2 weeks"),
        (46, "6 weeks"),
        (62, "2 months"),
        (548, "17 months"),
        (732, "2 years"),
        (3_300, "9 years"),
    ],
)
def test_nothing_is_called_older_than_it_is(days: int, age: str) -> None:
    assert load_wording("en").age(dt.timedelta(days=days)) == age


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_month_shows_no_day_and_an_unknown_date_no_number(path: Path) -> None:
    wording = load_wording(path.stem)
    assert "1" not in wording.date(PartialDate(2022, 9)).replace("2022", "")
    assert not any(character.isdigit() for character in wording.date(PartialDate()))
