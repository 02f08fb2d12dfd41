"""The words that name a country or what belongs to it, and ordinary words that only begin like one."""

from __future__ import annotations

import pytest

from assistant.checking.names import _countries, missing_names
from assistant.records import Citation, Passage
from tests.helpers import make_report


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
    ("source", "statement", "missing"),
    [
        ("دخلت القوات المدينة.", "دخلت قوات ألمانية المدينة.", ["ألمانية"]),
        ("دخلت القوات الألمانية المدينة.", "دخلت قوات ألمانية المدينة.", []),
        ("غادر الجنود المدينة.", "ترك الجنود المدينة وتركوا السلاح.", []),
        ("أصيب في يده.", "أصيب في يده اليمنى.", []),
    ],
)
def test_a_nationality_is_told_or_missing(source: str, statement: str, missing: list[str]) -> None:
    report = make_report(source, language="ar", title="x")
    cited = Citation(1, report, 0, len(source), Passage("p", report.id, 0, len(source), 0, 0))
    assert [name for name, certain in missing_names(statement, "ar", [cited], None) if certain] == missing
