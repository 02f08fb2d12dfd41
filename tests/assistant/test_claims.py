"""Claims, denials, blame and tolls in an extractive answer: none stands without what contests it beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.extractive import answer_from
from assistant.records import (
    CaveatKind,
)
from tests.assistant.hits import hit_of, one, quotes
from tests.helpers import make_report

EVENT = "When did the army enter the town?"


@pytest.mark.parametrize(
    ("language", "lines", "denial"),
    [
        ("en", ["The rebels said they had taken Sake.", "The army denies it.", "Wheat was scarce."], 1),
        ("en", ["The raid on Sake killed six.", "They blamed the army.", "The army rejected this.", "Rain fell."], 2),
        ("de", ["Die Rebellen nahmen Sake ein.", "Die Regierung wies das zurück.", "Es war heiß."], 1),
        ("ar", ["سيطرت القوات على ساكي.", "ونفى الجيش ذلك.", "كان الجو حارا."], 1),
        ("ru", ["Мятежники взяли Саке.", "Армия это опровергла.", "Было жарко."], 1),
        ("uk", ["Повстанці взяли Саке.", "Армія це заперечує.", "Було спекотно."], 1),
        ("fr", ["Les rebelles ont pris Sake.", "L'armée dément.", "Il faisait chaud."], 1),
        ("es", ["Los rebeldes tomaron Sake.", "El ejército lo negó.", "Hacía calor."], 1),
        ("tr", ["İsyancılar Sake'yi aldı.", "Ordu bunu yalanladı.", "Hava sıcaktı."], 1),
        ("en", ["The rebels took Sake.", "The army said that fighting continued.", "Wheat was scarce."], 1),
        ("ru", ["Мятежники взяли Саке.", "Армия заявила, что бои за город продолжаются.", "Было жарко."], 1),
        ("fr", ["Les rebelles ont pris Sake.", "Selon l'armée, les combats se poursuivent.", "Il faisait chaud."], 1),
    ],
)
@pytest.mark.parametrize("question", ["Who controls Sake?", "When did the rebels take Sake?"])
def test_a_claim_comes_with_the_denial_that_its_report_tells_next(
    question: str, language: str, lines: list[str], denial: int
) -> None:
    report = make_report("\n".join(lines), language=language)
    answer = answer_from(question, [hit_of(report, [0.6, *[0.1 for _ in lines[1:]]])])
    assert quotes(answer) == [lines[0], lines[denial]]
    assert [c.citations for c in answer.caveats if c.kind is CaveatKind.DENIED] == [(2,)]
    assert CaveatKind.UNCONFIRMED not in {caveat.kind for caveat in answer.caveats}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The mayor called it a massacre.", "en"),
        ("The rebels rejected a truce in Sake.", "en"),
        ("Die Armee wies den Angriff zurück.", "de"),
        ("Nobody in Sake would speak of it.", "en"),
    ],
)
def test_what_denies_or_plans_nothing_is_not_said_to(text: str, language: str) -> None:
    hit = hit_of(make_report(text, language=language), [0.6])
    kinds = {caveat.kind for caveat in answer_from("What happened in Sake?", [hit]).caveats}
    assert kinds.isdisjoint({CaveatKind.DENIED, CaveatKind.PLANNED})


@pytest.mark.parametrize(
    ("planned", "happened", "language"),
    [
        ("The rebels will withdraw from Sake.", "The rebels have withdrawn from Sake.", "en"),
        ("The rebels said they had no intention of taking Sake.", "The rebels said they had taken Sake.", "en"),
        ("Die Rebellen drohten, Sake einzunehmen.", "Die Rebellen haben Sake eingenommen.", "de"),
        ("Die Rebellen kündigten den Abzug aus Sake an.", "Die Rebellen sind aus Sake abgezogen.", "de"),
        ("هددت القوات بدخول ساكي.", "دخلت القوات ساكي.", "ar"),
        ("Мятежники обещают уйти из Саке.", "Мятежники ушли из Саке.", "ru"),
        ("Повстанці мають намір взяти Саке.", "Повстанці взяли Саке.", "uk"),
        ("Les rebelles menacent d'entrer dans Sake.", "Les rebelles sont entrés dans Sake.", "fr"),
    ],
)
def test_a_plan_or_a_threat_is_not_told_as_what_has_happened(planned: str, happened: str, language: str) -> None:
    def kinds(question: str, text: str) -> set[CaveatKind]:
        report = make_report(text, language=language)
        return {caveat.kind for caveat in answer_from(question, [hit_of(report, [0.6])]).caveats}

    assert CaveatKind.PLANNED in kinds("Did the rebels take Sake?", planned)
    assert CaveatKind.PLANNED in kinds("Who controls Sake?", planned)
    assert CaveatKind.PLANNED not in kinds("When will the rebels leave Sake?", planned), "a plan is asked for"
    assert CaveatKind.PLANNED not in kinds("Did the rebels take Sake?", happened)
    both = hit_of(make_report(f"{planned}\n{happened}", language=language), [0.6, 0.5])
    assert quotes(answer_from("Who controls Sake?", [both])) == [happened]


@pytest.mark.parametrize(
    "question",
    [
        "Who claimed responsibility for the blast in Sake?",
        "Has anyone taken responsibility for the blast in Sake?",
        "Who claimed the car bomb attack in Sake?",
        "Wer hat sich zu dem Anschlag in Sake bekannt?",
        "من تبنى التفجير في Sake؟",
        "Кто взял на себя ответственность за взрыв в Sake?",
        "Qui a revendiqué l'attentat de Sake ?",
    ],
)
@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("No group claimed responsibility.", "en"),
        ("The attack on the market was claimed by a group of its own.", "en"),
        ("Die Gruppe ADF bekannte sich zu dem Anschlag.", "de"),
        ("وتبنت جماعة مجهولة التفجير.", "ar"),
        ("Группировка взяла на себя ответственность.", "ru"),
        ("L'attentat n'a pas été revendiqué.", "fr"),
        ("Nadie reivindicó el ataque.", "es"),
    ],
)
def test_who_claims_an_attack_is_told_by_a_claim_and_not_by_who_is_blamed(
    question: str, claim: str, language: str
) -> None:
    hits = [
        one("The mayor blamed the ADF for the blast in Sake.", 0.6),
        hit_of(make_report(claim, language=language), [0.3]),
    ]
    assert quotes(answer_from(question, hits)) == [claim]
    assert quotes(answer_from("Who was blamed for the blast in Sake?", hits)) == [hits[0].text]


@pytest.mark.parametrize(
    "question",
    [
        "Who denied that chlorine was used?",
        "Does anyone deny that? Who used chlorine?",
        "Who denies it? Who controls Sake?",
        "Wer bestreitet den Einsatz von Chlor?",
        "من نفى استخدام الكلور؟",
        "Кто это отрицает? Кто применил хлор?",
        "Qui nie l'emploi de chlore ?",
    ],
)
@pytest.mark.parametrize(
    ("denial", "language"),
    [
        ("The army denied having used chlorine.", "en"),
        ("Die Armee dementierte den Einsatz von Chlor.", "de"),
        ("ونفى الجيش استخدام الكلور.", "ar"),
        ("Армия отрицает применение хлора.", "ru"),
        ("L'armée dément avoir employé du chlore.", "fr"),
    ],
)
def test_who_denies_something_is_told_by_denials_alone(question: str, denial: str, language: str) -> None:
    hits = [
        one("Chlorine was used in Sake.", 0.6),
        hit_of(make_report(denial, language=language), [0.3]),
        one("Moscow denied that there was any.", 0.2, source="T"),
        one("Others denied that it rained.", 0.01, source="T"),
        one("The mayor neither confirmed nor denied it.", 0.4, source="U"),
    ]
    assert quotes(answer_from(question, hits)) == [denial, hits[2].text]
    assert quotes(answer_from("What was used in Sake?", hits)) == [hits[0].text]


@pytest.mark.parametrize(
    "question", ["Who rejected the truce?", "Wer wies die Waffenruhe zurück?", "Кто отверг перемирие?"]
)
def test_who_rejects_something_denies_nothing(question: str) -> None:
    hits = [one("The rebels rejected the truce in Sake.", 0.6), one("The army denied it.", 0.3)]
    assert quotes(answer_from(question, hits)) == [hits[0].text]


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("The governor blamed the ADF for the blast.", "The ADF accused the army.", "en"),
        ("Der Gouverneur machte die ADF verantwortlich.", "Die ADF beschuldigte das Heer.", "de"),
        ("اتهم المحافظ الجماعة بالتفجير.", "واتهمت الجماعة الجيش.", "ar"),
        ("Губернатор обвинил группировку.", "Группировка обвинила армию.", "ru"),
        ("Le gouverneur accuse les ADF.", "Les ADF accusent l'armée.", "fr"),
    ],
)
def test_who_is_blamed_is_told_with_whom_they_blame(one: str, other: str, language: str) -> None:
    hit = hit_of(make_report(f"{one}\n{other}\n1 2 3.", language=language), [0.5, 0.1, 0.1])
    assert quotes(answer_from("Who was behind the blast?", [hit])) == [one, other]
    calm = hit_of(make_report(f"1 2 3.\n{other}", language=language), [0.5, 0.1])
    assert quotes(answer_from("Who was behind the blast?", [calm])) == ["1 2 3."]


@pytest.mark.parametrize(
    ("claim", "denial", "language"),
    [
        ("The rebels said that Beni had fallen.", "The army denied that the town was lost.", "en"),
        ("Die Rebellen meldeten den Fall von Beni.", "Die Armee bestritt den Verlust der Stadt.", "de"),
        ("Мятежники сообщили о взятии Бени.", "Армия опровергла потерю города.", "ru"),
    ],
)
def test_a_denial_comes_with_what_it_may_deny(claim: str, denial: str, language: str) -> None:
    report = make_report(f"{claim}\n{denial}\nRain fell.", language=language)
    assert quotes(answer_from("What did the army deny?", [hit_of(report, [0.1, 0.5, 0.1])])) == [denial, claim]


def test_where_a_denial_fits_best_what_it_denies_comes_first_and_nothing_is_marked_in_it() -> None:
    denial, claim, rain = "The army denied using chlorine in Sake.", "Chlorine was used by the rebels.", "It rained."
    denying = hit_of(make_report(denial), [0.6])
    hits = [
        replace(denying, sentences=(replace(denying.sentences[0], phrase=(0, 8)),)),
        hit_of(make_report(claim, source="B"), [0.4]),
        hit_of(make_report(rain, source="C"), [0.3]),
    ]
    answer = answer_from("Who used chlorine in Sake?", hits)
    assert quotes(answer) == [claim, denial]
    assert [citation.phrase for citation in answer.citations] == [None, None]
    alone = answer_from("Who used chlorine in Sake?", [hits[0], hits[2]])
    assert quotes(alone) == [denial]
    asked = answer_from("Who denied using chlorine in Sake?", hits)
    assert quotes(asked) == [denial]
    assert asked.citations[0].phrase == (0, 8)


def test_a_denial_of_something_else_further_on_is_no_part_of_it() -> None:
    lines = ["The rebels took Sake.", "Wheat was scarce.", "The army denied a coup."]
    assert quotes(answer_from(EVENT, [hit_of(make_report("\n".join(lines)), [0.6, 0.1, 0.1])])) == lines[:1]


@pytest.mark.parametrize(
    ("lines", "asked", "other"),
    [
        (["The raid killed 12 people.", "Wheat was scarce.", "By Friday 19 had died."], "12", [2]),
        (["Officials had spoken of 40 dead.", "The raid killed 12 people."], "12", [0]),
        (["The raid killed 12 people.", "12 had died, it was said again.", "Another 30 were wounded."], "12", []),
        (["The raid killed 12 people.", "They died on 19 May 2023."], "12", []),
    ],
)
def test_a_toll_comes_with_what_its_report_counts_otherwise(lines: list[str], asked: str, other: list[int]) -> None:
    report = make_report("\n".join(lines))
    first = next(number for number, line in enumerate(lines) if asked in line)
    hit = hit_of(report, [0.6 if number == first else 0.1 for number in range(len(lines))])
    start = report.text.index(asked)
    marked = tuple(
        replace(one, phrase=(start, start + len(asked)) if one.sentence.number == first else None)
        for one in hit.sentences
    )
    answer = answer_from("How many people did the raid kill?", [replace(hit, sentences=marked)])
    assert quotes(answer) == [lines[first], *(lines[number] for number in other)]
