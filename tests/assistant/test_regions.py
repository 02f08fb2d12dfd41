"""Provinces and other regions: by what names they are found, what lies in them, and what a question by them finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.analysis import analyse, analysed_by
from assistant.data_files import data_file, digest
from assistant.embedding import WordLengthEmbedder
from assistant.filter import Filter
from assistant.gazetteer import GeoNames
from assistant.listed import extent_of, find_listed
from assistant.mentions import find_mentions, possible_names
from assistant.provinces import adjective_names, is_province_word, read_provinces
from assistant.records import PLACE, Missing
from assistant.store import Catalog
from assistant.terms import TERMS_VERSION
from tests.helpers import make_report

REGIONS = data_file("regions")
LANGUAGES = {"en", "de", "ar", "ru", "fr", "tr", "uk", "fa", "ku"}


@pytest.fixture(scope="module")
def iso() -> dict[str, str]:
    """The entities of provinces by their ISO codes."""
    return {province.iso: f"{PLACE}{province.id}" for province in read_provinces() if province.iso}


# -- the lists


@pytest.mark.parametrize("region", REGIONS)
def test_every_name_of_a_region_finds_it_and_no_other(region: str) -> None:
    names = [name for language in LANGUAGES for name in REGIONS[region].get(language, ())]
    assert names
    for name in names:
        assert [mention.entity for mention in find_listed(name.replace("*", "").removeprefix("="))] == [
            f"{PLACE}{region}"
        ], name


@pytest.mark.parametrize("region", REGIONS)
def test_what_lies_in_a_region_is_known_and_in_its_countries(
    region: str, iso: dict[str, str], gazetteer: GeoNames
) -> None:
    extent = extent_of(f"{PLACE}{region}")
    assert extent is not None
    assert REGIONS[region].keys() <= LANGUAGES | {"name", "countries", "parts", "boxes"}
    for part in extent.parts:
        assert part in iso or gazetteer.within((part,)), part
        assert part[:2] in REGIONS[region]["countries"], part
    for south, west, north, east in extent.boxes:
        assert -90 <= south < north <= 90
        assert -180 <= west < east <= 180


def test_no_two_provinces_have_one_number_or_code() -> None:
    provinces = list(read_provinces())
    for codes in (
        [p.id for p in provinces],
        [p.iso for p in provinces if p.iso],
        [p.code for p in provinces if p.code],
    ):
        assert len(codes) == len(set(codes))
    assert all(name for province in provinces for name in province.names)


# -- the names


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("Fighting spread through Idlib province and into Aleppo.", "en", "SY-ID"),
        ("In the province of Idlib, Syria, schools closed.", "en", "SY-ID"),
        ("They fled the Idlib countryside, in Syria.", "en", "SY-ID"),
        ("In der syrischen Provinz Idlib und in Damaskus", "de", "SY-ID"),
        ("في محافظة إدلب وفي دمشق بسوريا", "ar", "SY-ID"),
        ("قصف بريف إدلب في سوريا", "ar", "SY-ID"),
        ("В провинции Идлиб, в Сирии", "ru", "SY-ID"),
        ("В идлибской провинции, в Сирии", "ru", "SY-ID"),
        ("Dans le gouvernorat d'Idleb, en Syrie", "fr", "SY-ID"),
        ("İdlib kırsalında, Suriye'de", "tr", "SY-ID"),
        ("Обстрелы в Херсонской области Украины", "ru", "UA-65"),
        ("Обстріли на Херсонщині, Україна", "uk", "UA-65"),
        ("Обстріли в Херсонській області, Україна", "uk", "UA-65"),
        ("Shelling in the Kherson region of Ukraine", "en", "UA-65"),
        ("In der Oblast Cherson in der Ukraine", "de", "UA-65"),
        ("Convoys left Anbar for Baghdad.", "en", "IQ-AN"),
        ("Im Irak, in Anbar und Bagdad", "de", "IQ-AN"),
        ("الأنبار وبغداد في العراق", "ar", "IQ-AN"),
        ("M23 in North Kivu, in the Democratic Republic of the Congo", "en", "CD-NK"),
        ("M23 im Nord-Kivu, in der Demokratischen Republik Kongo", "de", "CD-NK"),
        ("In Tigray and Addis Ababa, Ethiopia", "en", "ET-TI"),
    ],
)
def test_a_province_is_found_in_many_languages(
    gazetteer: GeoNames, iso: dict[str, str], text: str, language: str, code: str
) -> None:
    assert iso[code] in {mention.entity for mention in find_mentions(text, language, gazetteer)}


def test_the_name_of_a_town_and_its_province_is_the_towns_unless_it_says_otherwise(gazetteer: GeoNames) -> None:
    town, province = (
        {mention.entity for mention in find_mentions(text, "en", gazetteer)} - {"place:163843"}
        for text in ("They entered Idlib, in Syria.", "They entered Idlib province, in Syria.")
    )
    assert len(town) == len(province) == 1
    assert town != province


@pytest.mark.parametrize(
    ("text", "language", "region"),
    [
        ("Shelling in Eastern Ghouta", "en", "eastern-ghouta"),
        ("Beschuss der Ost-Ghuta", "de", "eastern-ghouta"),
        ("قصف الغوطة الشرقية", "ar", "eastern-ghouta"),
        ("Обстрел Восточной Гуты", "ru", "eastern-ghouta"),
        ("dans la Ghouta orientale", "fr", "eastern-ghouta"),
        ("на Донбассе", "ru", "donbas"),
        ("im Donbass", "de", "donbas"),
    ],
)
def test_a_region_is_found_in_many_languages(gazetteer: GeoNames, text: str, language: str, region: str) -> None:
    assert [mention.entity for mention in find_mentions(text, language, gazetteer)] == [f"{PLACE}{region}"]


def test_a_region_in_a_longer_name_is_that_name(gazetteer: GeoNames, iso: dict[str, str]) -> None:
    (name,) = possible_names("What happened in South Kivu?", "en", gazetteer)
    assert name.entities[0] == iso["CD-SK"]


def test_the_country_in_the_name_of_a_region_is_named_too(gazetteer: GeoNames) -> None:
    text = "Strikes in northern Syria"
    assert [text[m.start : m.end] for m in find_mentions(text, "en", gazetteer)] == ["northern Syria", "Syria"]


def test_a_town_that_is_no_province_stays_what_it_is(gazetteer: GeoNames) -> None:
    mentions = find_mentions("They entered the Palmyra region, in Syria.", "en", gazetteer)
    assert [mention.name for mention in mentions] == ["Tadmur", "Syria"]


def test_without_a_gazetteer_there_are_no_regions() -> None:
    assert find_mentions("Shelling in Eastern Ghouta", "en", None) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("They crossed to the west bank of the river.", "en"),
        ("وصلوا إلى الضفة الغربية من النهر", "ar"),
        ("في ضاحية هادئة وغابة استوائية", "ar"),
        ("Impression, soleil levant", "fr"),
        ("Большинство сирийских беженцев", "ru"),
    ],
)
def test_ordinary_words_are_no_regions(gazetteer: GeoNames, text: str, language: str) -> None:
    assert find_mentions(text, language, gazetteer) == []


def test_what_many_provinces_are_called_is_no_name_of_one(gazetteer: GeoNames) -> None:
    assert not gazetteer.candidates("eastern")
    assert gazetteer.candidates("easternprovince")


@pytest.mark.parametrize(
    ("word", "said"), [("Provinz", True), ("провинции", True), ("محافظة", True), ("town", False), ("Provence", False)]
)
def test_words_that_tell_a_province(word: str, said: bool) -> None:
    assert is_province_word(word) is said


@pytest.mark.parametrize(
    ("adjective", "noun", "names"),
    [
        ("Донецкой", "области", ["Донецкая область"]),
        ("Донецькій", "області", ["Донецька область"]),
        ("идлибскую", "провинцию", ["идлиб"]),
        ("Идлиб", "провинции", []),
    ],
)
def test_a_province_by_its_adjective(adjective: str, noun: str, names: list[str]) -> None:
    assert list(adjective_names(adjective, noun)) == names


# -- what lies in them


def test_towns_lie_in_their_province_and_in_the_region_of_it(gazetteer: GeoNames, iso: dict[str, str]) -> None:
    rawa, bakhmut = "place:92004", "place:713174"
    assert rawa in gazetteer.within((iso["IQ-AN"],)) & gazetteer.within(("IQ-AN",)) & gazetteer.within(("IQ",))
    assert rawa not in gazetteer.within(("IQ-NI", "SY"))
    assert gazetteer.within((rawa,)) == frozenset()
    donbas = extent_of("place:donbas")
    assert donbas is not None
    assert {iso["UA-14"], iso["UA-09"]} <= gazetteer.within(donbas.parts)
    assert bakhmut in gazetteer.within(donbas.parts)


def test_damascus_is_not_in_eastern_ghouta_and_douma_is(gazetteer: GeoNames) -> None:
    extent = extent_of("place:eastern-ghouta")
    assert extent is not None
    named = {place.name for place in gazetteer.places(gazetteer.within(extent.parts, extent.boxes))}
    assert "Dūmā" in named
    assert "Damascus" not in named


def test_a_name_that_a_town_has_is_not_all_of_its_province(gazetteer: GeoNames) -> None:
    (town,) = possible_names("Who holds Homs?", "en", gazetteer)
    (province,) = possible_names("Who holds Homs province?", "en", gazetteer)
    assert not town.within
    assert len(province.within) > 10


# -- an index and the lists


def test_an_index_that_other_lists_made_is_brought_up_to_date(tmp_path: Path) -> None:
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([make_report("Shelling in Eastern Ghouta.")])
    with Catalog(tmp_path / "catalog.sqlite", create=True) as catalog:
        report_id, *_ = catalog.report_ids()
        indexed = catalog.indexed(report_id)
        assert indexed is not None
        catalog.put_analysis(report_id, *analyse(indexed.report, indexed.sentences, None))  # a list without regions
        catalog.describe({"terms": f"{TERMS_VERSION} {digest('groups')}"})
        assert not catalog.named(["place:eastern-ghouta"])
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        assert assistant.catalog().named(["place:eastern-ghouta"])
        assert assistant.status().made_with["terms"] == analysed_by()


# -- questions


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Reports that name towns, and no region."""
    assistant = Assistant(tmp_path_factory.mktemp("regions") / "data")
    assistant.ingest(
        [
            make_report("Soldiers entered Rawa, in Iraq, at dawn and raised the flag.", title="Rawa"),
            make_report("Soldiers entered Tal Afar, in Iraq, at dawn and raised the flag.", title="Tal Afar"),
            make_report("Shells fell on Douma, in Syria, and a school burned.", title="Douma"),
            make_report(
                "Shells fell on Tartus and Latakia, north and south of it, and a school burned.", title="Tartus"
            ),
        ]
    )
    return assistant


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Who raised the flag in Anbar?", "Rawa"),
        ("Welche Orte nahmen Soldaten in der Provinz Ninive ein?", "Tal Afar"),
        ("ما الذي احترق في الغوطة الشرقية؟", "Douma"),
        ("Что сгорело в Восточной Гуте?", "Douma"),
        ("Qu'est-ce qui a brûlé dans la Ghouta orientale ?", "Douma"),
    ],
)
def test_a_question_by_a_region_finds_what_happened_in_its_towns(towns: Assistant, question: str, title: str) -> None:
    hit = towns.retrieve(question)[0]
    assert hit.report.title == title
    ((spelled, called),) = [(hit.report.text[name.start : name.end], name.name) for name in hit.names]
    assert spelled == title
    assert called.partition("(")[2].rstrip(")") in question


def test_a_region_that_no_report_knows_is_said_to_be_missing(towns: Assistant) -> None:
    for question in ("Who controls North Kivu?", "Wer kontrolliert den Donbass?", "Who controls South Sudan?"):
        answer = towns.ask(question)
        assert answer.missing is Missing.PLACE, question


@pytest.mark.parametrize(
    ("place", "titles"),
    [("Anbar", {"Rawa"}), ("Сирия", {"Douma", "Tartus"}), ("الغوطة", {"Douma"}), ("Ukraine", set()), ("Idlib", set())],
)
def test_a_limit_by_a_region_or_country_lets_its_towns_in(towns: Assistant, place: str, titles: set[str]) -> None:
    found = towns.retrieve("What happened?", among=Filter(places=frozenset({place})))
    assert {hit.report.title for hit in found} == titles
