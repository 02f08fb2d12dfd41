"""The words that name a country or what belongs to it, and ordinary words that only begin like one."""

from __future__ import annotations

import pytest

from assistant.checking.names import _countries, missing_names
from assistant.gazetteer import GeoNames
from assistant.records import Citation, Passage
from tests.helpers import make_report


def missing(source: str, own: str, statement: str, language: str, gazetteer: GeoNames | None) -> list[str]:
    """The names of a statement that are certain not to be in a source of this language."""
    report = make_report(source, language=own, title="x")
    cited = Citation(1, report, 0, len(source), Passage("p", report.id, 0, len(source), 0, 0))
    return [name for name, certain in missing_names(statement, language, [cited], gazetteer) if certain]


def named(text: str) -> list[str]:
    return [country for _, _, country in _countries(text)]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "ترك الجنود المدينة وتركوا أسلحتهم",
            "تركيز القصف",
            "يده اليمنى",
            "مجريات الأحداث",
            "عراقيل كثيرة",
            "الدول المانحة",
        ),
        *("индивидуальные жилые дома", "катаракта", "чадра", "пять марок"),
        *("He told us so.", "A syringe and a brittle wall.", "Bertrand Russell"),
    ],
)
def test_an_ordinary_word_names_no_country(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "country"),
    [
        *(
            (text, "DE")
            for text in ("قوات ألمانية", "ألمانيا", "المانيا", "القوات الألمانية", "وألمانيا", "للألمان", "немцы")
        ),
        *((text, "AL") for text in ("ألباني", "ألبانيا", "الألبانية")),
        *(
            (text, "TR")
            for text in ("تركيا", "التركية", "قوات تركية", "وتركية", "الأتراك", "турецкий", "türkisch", "Turks")
        ),
        *((text, "YE") for text in ("اليمني", "يمنية", "اليمنيون", "йеменский")),
        *((text, "US") for text in ("US troops", "US-led", "USA", "أميركية", "الأمريكي", "США")),
        *((text, "IN") for text in ("Индия", "индийский", "индийцы", "Indian")),
        *((text, "IQ") for text in ("العراق", "عراقية", "العراقيين", "بالعراق")),
        *((text, "SY") for text in ("Syrian", "syrische", "syrienne", "سورية")),
        *((text, "RU") for text in ("Russian", "russische", "Russland", "russe", "وروسية")),
        *((text, "GB") for text in ("British", "britische", "Briten", "britannique")),
        *((text, "HU") for text in ("المجرية", "مجري")),
    ],
)
def test_what_belongs_to_a_country_names_it(text: str, country: str) -> None:
    assert named(text) == [country]


@pytest.mark.parametrize(
    ("source", "statement", "expected"),
    [
        ("دخلت القوات المدينة.", "دخلت قوات ألمانية المدينة.", ["ألمانية"]),
        ("دخلت القوات الألمانية المدينة.", "دخلت قوات ألمانية المدينة.", []),
        ("غادر الجنود المدينة.", "ترك الجنود المدينة وتركوا السلاح.", []),
        ("أصيب في يده.", "أصيب في يده اليمنى.", []),
    ],
)
def test_a_nationality_is_told_or_missing(source: str, statement: str, expected: list[str]) -> None:
    assert missing(source, "ar", statement, "ar", None) == expected


@pytest.mark.parametrize(
    ("source", "own", "statement", "language", "expected"),
    [
        ("French troops arrived.", "en", "France sent troops.", "en", []),
        ("France sent troops.", "en", "French troops arrived.", "en", []),
        ("American troops arrived.", "en", "The United States sent troops.", "en", []),
        ("American troops arrived.", "en", "Truppen der Vereinigten Staaten kamen an.", "de", []),
        ("American troops arrived.", "en", "Les États-Unis ont envoyé des troupes.", "fr", []),
        ("American troops arrived.", "en", "أرسلت الولايات المتحدة قوات.", "ar", []),
        ("Troops of the United States arrived.", "en", "Прибыли американские войска.", "ru", []),
        ("Britische Truppen kamen an.", "de", "Großbritannien schickte Soldaten.", "de", []),
        ("German troops arrived.", "en", "Германия отправила войска.", "ru", []),
        ("German troops arrived.", "en", "L'Allemagne a envoyé des troupes.", "fr", []),
        ("Polish troops arrived.", "en", "Poland sent troops.", "en", []),
        ("Dutch troops arrived.", "en", "The Netherlands sent troops.", "en", []),
        ("U.S. forces struck the town.", "en", "US forces struck the town.", "en", []),
        ("U.S. forces struck the town.", "en", "US-Truppen griffen die Stadt an.", "de", []),
        ("U.S. forces struck the town.", "en", "Amerikanische Truppen griffen die Stadt an.", "de", []),
        ("British jets struck the town.", "en", "U.K. jets struck the town.", "en", []),
        ("The United Nations sent observers.", "en", "The UN sent observers.", "en", []),
        ("The UN sent observers.", "en", "Die Vereinten Nationen schickten Beobachter.", "de", []),
        ("L'ONU a envoyé des observateurs.", "fr", "The UN sent observers.", "en", []),
        ("The European Union sent observers.", "en", "The EU sent observers.", "en", []),
        ("Jets bombed the town.", "en", "UK jets bombed the town.", "en", ["UK"]),
        ("Jets bombed the town.", "en", "UN jets bombed the town.", "en", ["UN"]),
        ("Jets bombed the town.", "en", "EU jets bombed the town.", "en", ["EU"]),
        ("French jets bombed the town.", "en", "U.S. jets bombed the town.", "en", ["U.S."]),
        ("French troops arrived.", "en", "Germany sent troops.", "en", ["Germany"]),
        ("Объявлено о выводе войск.", "ru", "Москва объявила о выводе войск.", "ru", ["Москва"]),
        ("Объявлено о выводе войск.", "ru", "Россия объявила о выводе войск.", "ru", ["Россия"]),
        ("Российские власти объявили о выводе войск.", "ru", "Россия объявила о выводе войск.", "ru", []),
        ("French troops arrived.", "en", "The United States sent troops.", "en", ["United States"]),
    ],
)
def test_a_country_and_what_belongs_to_it_are_one_name(
    gazetteer: GeoNames, source: str, own: str, statement: str, language: str, expected: list[str]
) -> None:
    assert missing(source, own, statement, language, gazetteer) == expected
