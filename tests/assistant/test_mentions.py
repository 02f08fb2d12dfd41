"""Places and groups in texts: found in any spelling, at their offsets, and the right one of several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.data_files import data_file
from assistant.gazetteer import GeoNames
from assistant.listed import find_listed
from assistant.mentions import Spellings, find_mentions, names_in, possible_names
from assistant.records import Hit, Mention, Passage
from tests.helpers import make_report

LISTED = data_file("groups")


def named(text: str, language: str, gazetteer: GeoNames | None) -> dict[str, str]:
    return {text[m.start : m.end]: m.name for m in find_mentions(text, language, gazetteer)}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The army took Rawa, in Iraq, on Friday.", "en", {"Rawa": "Rāwah", "Iraq": "Iraq"}),
        ("Kämpfe um Deir Essor und Majadin in Syrien.", "de", {"Deir Essor": "Deir ez-Zor", "Majadin": "Al Mayādīn"}),
        ("دخلت القوات مدينة البوكمال في سوريا قادمة من القائم في العراق.", "ar", {"البوكمال": "Ālbū Kamāl"}),
        ("وصلت الأرتال إلى دير الزور وبالرقة في سوريا.", "ar", {"وبالرقة": "Ar Raqqah"}),
        ("Бои в Ракке и в Абу-Камале, Сирия.", "ru", {"Ракке": "Ar Raqqah", "Абу-Камале": "Ālbū Kamāl"}),
        ("Бои в Эр-Ракке и в Аль-Хасаке, Сирия.", "ru", {"Эр-Ракке": "Ar Raqqah", "Аль-Хасаке": "Al Ḩasakah"}),
        # which GeoNames has in no Cyrillic spelling
        ("Бои в Эр-Ракке, Эль-Бабе и Эль-Кусейре.", "ru", {"Эль-Бабе": "Al Bāb", "Эль-Кусейре": "Al Quşayr"}),
        ("Бои в аль-Каиме, Ирак.", "ru", {"аль-Каиме": "Al Qā’im"}),
        ("Les combats d'Abou Kamal, en Syrie.", "fr", {"Abou Kamal": "Ālbū Kamāl"}),
        ("Suriye'de Halep'te çatışma.", "tr", {"Halep'te": "Aleppo"}),
        ("Syrias army shelled Raqqa's suburbs in Syria.", "en", {"Raqqa's": "Ar Raqqah"}),
        ("军队在叙利亚的阿勒颇和阿布卡迈勒。", "zh", {"阿勒颇": "Aleppo", "阿布卡迈勒": "Ālbū Kamāl"}),
        ("乌克兰的哈尔科夫遭到炮击。", "zh", {"哈尔科夫": "Kharkiv"}),  # which GeoNames has as it is spoken alone
        ("シリアのアレッポとラッカで戦闘。", "ja", {"アレッポ": "Aleppo", "ラッカ": "Ar Raqqah"}),
        ("시리아 알레포에서 전투가 벌어졌다.", "ko", {"알레포에서": "Aleppo"}),
        ("การสู้รบในอะเลปโป ประเทศซีเรีย", "th", {"อะเลปโป": "Aleppo"}),
        ("הצבא נכנס לחאלב שבסוריה.", "he", {"לחאלב": "Aleppo"}),
        ("ارتش سوریه وارد ابوکمال شد.", "fa", {"ابوکمال": "Ālbū Kamāl"}),
        ("نیروها در قائم عراق هستند.", "fa", {"قائم": "Al Qā’im"}),  # in Persian without its article
        ("Di Sûriyê de şerê Girê Spî.", "ku", {"Girê Spî": "Tall Abyaḑ"}),  # from the list of what GeoNames lacks
        ("HOMS, Syria: the army entered at al Mayadin.", "en", {"HOMS": "Homs", "al Mayadin": "Al Mayādīn"}),
    ],
)
def test_places_are_found_in_any_script_and_case(
    gazetteer: GeoNames, text: str, language: str, expected: dict[str, str]
) -> None:
    assert named(text, language, gazetteer).items() >= expected.items()


@pytest.mark.parametrize(
    ("text", "language", "never"),
    [
        ("In Syrien fehlt es in Damaskus und Aleppo an Essen.", "de", "Essen"),
        ("The army entered Homs, in Syria. Since then, most of it is quiet.", "en", "Since"),
        ("وصل الجيش إلى مدينة حلب في سوريا.", "ar", "إلى"),
        ("A Minister spoke in Baghdad, Iraq.", "en", "Minister"),
        ("MENA reported from Damascus, in Syria.", "en", "MENA"),
        ("They met at Raqqa, in Syria.", "en", "at Raqqa"),
        ("La Syrie et Raqqa, en Syrie.", "fr", "et Raqqa"),
        ("Truppen rückten auf Lublin in Polen vor.", "de", "Truppen"),  # sounds like Drobin
        ("Die Polizei in Chicago und Detroit, USA.", "de", "Polizei"),  # sounds like Breese
        ("They met in Chicago, in the United States. Voters stayed at home.", "en", "Voters"),
        ("In Chicago in den USA sprach der Donald aus dem Film.", "de", "Donald"),
        ("They met in Chicago, in the United States. War is near.", "en", "War"),
        ("À Paris et Lyon, en France. Victoire !", "fr", "Victoire"),
    ],
)
def test_words_that_are_places_somewhere_are_not_taken_for_them(
    gazetteer: GeoNames, text: str, language: str, never: str
) -> None:
    assert never not in named(text, language, gazetteer)


@pytest.mark.parametrize(
    ("question", "language", "names"),
    [
        ("Wie viele Tote gab es in Bunia?", "de", ["Bunia"]),
        ("Stimmt es, dass Bunia gefallen ist?", "de", ["Bunia"]),
        ("Скільки людей загинуло в Соледарі?", "uk", ["Соледарі"]),
        ("Чому вони відступили?", "uk", []),
        ("Kaç kişi öldü?", "tr", []),
        ("¿Cuándo cayó Arauca?", "es", ["Arauca"]),
        ("Est-il vrai que Bunia est tombée ?", "fr", ["Bunia"]),
        ("Has the M23 taken Bunia?", "en", ["M23", "Bunia"]),
        ("How many died in The Hague?", "en", ["The Hague"]),
    ],
)
def test_what_a_question_asks_with_is_no_place_in_it(
    gazetteer: GeoNames, question: str, language: str, names: list[str]
) -> None:
    assert [question[name.start : name.end] for name in possible_names(question, language, gazetteer)] == names


def test_a_country_may_have_an_article_in_german_and_a_town_has_none(gazetteer: GeoNames) -> None:
    text = "Aus dem Irak und der Türkei kamen sie nach Mossul. Der Hof liegt bei Hamburg, Deutschland."
    assert named(text, "de", gazetteer).keys() == {"Irak", "Türkei", "Mossul", "Hamburg", "Deutschland"}


def test_of_several_places_the_one_is_meant_that_fits_the_others(gazetteer: GeoNames) -> None:
    assert named("Fighting in Tripoli and Benghazi, Libya.", "en", gazetteer)["Tripoli"] == "Tripoli"
    lebanon = find_mentions("Fighting in Tripoli and Sidon, Lebanon.", "en", gazetteer)
    libya = find_mentions("Fighting in Tripoli and Benghazi, Libya.", "en", gazetteer)
    assert lebanon[0].entity != libya[0].entity


@pytest.mark.parametrize(
    ("text", "language", "entity"),
    [
        ("an attack by IS in the desert", "en", "group:islamic-state"),
        ("Daesh said", "en", "group:islamic-state"),
        ("des Islamischen Staates", "de", "group:islamic-state"),
        ("سيطر داعش على القرية", "ar", "group:islamic-state"),
        ("وقال لتنظيم الدولة", "ar", "group:islamic-state"),
        ("боевики ИГИЛ", "ru", "group:islamic-state"),
        ("the SDF advanced", "en", "group:sdf"),
        ("Jeish Al Fatah pounded the hill", "en", "group:army-of-conquest"),
        ("بين جيش الإسلام وفصائل أخرى", "ar", "group:jaish-al-islam"),
        ("die SDK rückte vor", "de", "group:sdf"),
        ("تقدمت قسد", "ar", "group:sdf"),
        ("Hashd al-Shaabi units", "en", "group:pmf"),
        ("die Volksmobilisierungseinheiten", "de", "group:pmf"),
        ("قوات الحشد الشعبي", "ar", "group:pmf"),
        ("the SAA", "en", "group:syrian-army"),
        ("Assad's forces", "en", "group:syrian-army"),
        ("ein Hinterhalt der Rahman-Legion", "de", "group:faylaq-al-rahman"),
        ("le Parti de Dieu", "fr", "group:hezbollah"),
        ("ÖSO'lu", "tr", "group:fsa"),
        ("بسیج مردمی عراق", "fa", "group:pmf"),
        ("HSDê", "ku", "group:sdf"),
        ("спостерігачі ОБСЄ", "uk", "group:osce"),
    ],
)
def test_groups_are_found_by_all_of_their_names(text: str, language: str, entity: str) -> None:
    assert entity in {mention.entity for mention in find_mentions(text, language, None)}


@pytest.mark.parametrize("text", ["it is true", "This is it.", "a saa b", "isis"])
def test_a_name_in_capitals_is_found_in_capitals_only(text: str) -> None:
    assert find_mentions(text, "en", None) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who shelled the sdf?", {"group:sdf"}),
        ("was sagen die ypg?", {"group:ypg"}),
        ("что захватил игил?", {"group:islamic-state"}),
        ("is this what it is?", set()),
    ],
)
def test_a_question_may_have_an_abbreviation_in_small_letters(question: str, expected: set[str]) -> None:
    assert {entity for name in possible_names(question, "en", None) for entity in name.entities} == expected


@pytest.mark.parametrize("group", LISTED)
def test_every_listed_name_finds_its_group_and_no_other(group: str) -> None:
    names = [name for language, own in LISTED[group].items() if language not in ("name", "countries") for name in own]
    assert names
    for name in names:
        assert [mention.entity for mention in find_listed(name.replace("*", ""))] == [f"group:{group}"], name


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("2017年ISIS在摩苏尔被击败", "islamic-state"),
        ("伊斯兰国占领了摩苏尔", "islamic-state"),
        ("叙利亚民主力量进入拉卡", "sdf"),
        ("이슬람국가가 모술을 점령했다", "islamic-state"),
        ("דאעש נכנס לעיר", "islamic-state"),
        ("הכוחות של חמאס ובחיזבאללה", "hezbollah"),
    ],
)
def test_a_group_is_found_where_no_space_ends_its_name_or_particles_are_written_to_it(text: str, group: str) -> None:
    assert f"group:{group}" in {mention.entity for mention in find_listed(text)}


def test_what_only_begins_like_a_name_is_none() -> None:
    assert not list(find_listed("also alright ISISes Israelite"))


def test_a_question_names_every_place_that_it_may_mean(gazetteer: GeoNames) -> None:
    (name,) = possible_names("Wer kontrolliert Rawa?", "de", gazetteer)
    assert (name.start, name.end) == (17, 21)
    assert "place:92004" in name.entities
    assert len(name.entities) > 1


def test_a_question_without_capitals_names_them_too(gazetteer: GeoNames) -> None:
    (name,) = possible_names("who controls abu kamal?", "en", gazetteer)
    assert name.entities == ("place:174448",)


@given(
    st.text(alphabet="Abu KamalالبوكماРаккд'-’ISي.\n", max_size=120), st.sampled_from(["en", "de", "ar", "ru", "und"])
)
def test_offsets_are_in_order_inside_and_never_overlap_for_places(
    gazetteer: GeoNames, text: str, language: str
) -> None:
    mentions = find_mentions(text, language, gazetteer)
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end].strip()
    ends = [mention.end for mention in mentions]
    starts = [mention.start for mention in mentions]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_a_passage_names_what_it_spells_as_another_report_does() -> None:
    certain, short = make_report("Kämpfe um Abu Kamal."), make_report("IS hat Abu Kamal, nicht Abu Kamals Umland.")
    mention = Mention(10, 19, "place:1", "Ālbū Kamāl")
    spelled = Spellings.of([(certain, mention)])
    assert spelled.mentions == {"Abu Kamal": mention}
    hit = Hit(short, Passage("p", short.id, 3, len(short.text), 0, 0), (), 0.0)
    (found,) = names_in(hit, [], spelled, {"place:1"}, None)
    assert (short.text[found.start : found.end], found.entity, found.name) == ("Abu Kamal", "place:1", "Ālbū Kamāl")
    other = Mention(7, 16, "place:2", "x")
    assert names_in(hit, [other], spelled, {"place:2"}, None) == (other,)
    assert names_in(hit, [Mention(0, 2, "group:IS", "IS")], Spellings.of([]), {"group:IS"}, None) == ()


@pytest.mark.parametrize(
    ("question", "text", "language", "spelled"),
    [
        ("Who controls Menaka?", "Des hommes armés sont entrés dans Ménaka.", "fr", "Ménaka"),
        ("Who controls Soledar?", "Бойцы взяли Соледар.", "ru", "Соледар"),
        ("Wer kontrolliert Soledar?", "Військові утримують околиці Соледара.", "uk", "Соледара"),
        ("من يسيطر على الفولة؟", "Fighters entered Al Fula.", "en", "Al Fula"),
    ],
)
def test_a_short_report_names_what_is_asked_about_in_its_own_spelling(
    tiny: Assistant, question: str, text: str, language: str, spelled: str
) -> None:
    report = make_report(text, language=language)
    tiny.ingest([report])
    (hit,) = tiny.retrieve(question)
    assert [report.text[name.start : name.end] for name in hit.names] == [spelled]


def test_a_name_that_means_another_place_is_none_of_the_one_asked_about(gazetteer: GeoNames) -> None:
    report = make_report("Fighting broke out in Tripoli, in northern Lebanon, near Beirut.")
    hit = Hit(report, Passage("p", report.id, 0, len(report.text), 0, 0), (), 0.0)
    mentions = find_mentions(report.text, "en", gazetteer)
    asked = {entity for name in possible_names("Tripoli", "en", gazetteer) for entity in name.entities}
    libyan = asked - {mention.entity for mention in mentions}
    assert libyan
    assert names_in(hit, mentions, Spellings.of([]), libyan, gazetteer) == ()
    assert names_in(hit, [], Spellings.of([]), libyan, gazetteer)
