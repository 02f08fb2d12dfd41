"""The check: does a statement rest on the sentences that it cites?"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.background import Background, background_for
from assistant.checking import Checker, Claim, Finding
from assistant.checking.figures import missing_figures
from assistant.checking.words import missing_addresses
from assistant.dates import PartialDate
from assistant.embedding import Embedder, WordLengthEmbedder
from assistant.gazetteer import GeoNames
from assistant.language import detect_language
from assistant.records import Citation, Passage, ProblemKind, Report, Support
from tests.helpers import ROOT, hard_texts, make_report

SOURCE = "The Syrian army entered Abu Kamal on 9 November, and 70 fighters of the Islamic State were killed."
RECORDS: list[dict[str, Any]] = [
    json.loads(line) for line in (ROOT / "tests/data/inventions.jsonl").read_text("utf-8").splitlines()
]

LANGUAGES = ["en", "de", "ar", "ru", "fr"]


def cite(report: Report, quote: str | None = None) -> Citation:
    """The quote, or all of the report, cited; its passage is the whole report."""
    quote = report.text if quote is None else quote
    start = report.text.index(quote)
    return Citation(1, report, start, start + len(quote), Passage("p", report.id, 0, len(report.text), 0, 1))


def kinds(finding: Finding) -> set[ProblemKind]:
    return {problem.kind for problem in finding.problems}


@pytest.fixture(scope="module")
def checker(embedder: Embedder, gazetteer: GeoNames) -> Checker:
    return Checker(embedder, background_for(embedder.identity), gazetteer)


@pytest.fixture(scope="module")
def rules() -> Checker:
    """Without vectors of words: names by their capitals, figures, quotations and hedges."""
    return Checker(WordLengthEmbedder(), Background("none"))


@pytest.fixture(scope="module")
def counted(checker: Checker) -> Counter[tuple[str, str, Support]]:
    """How the statements of tests/data/inventions.jsonl are found: by language and by what is invented in them."""
    found: Counter[tuple[str, str, Support]] = Counter()
    for record in RECORDS:
        given = record["report"]
        published = PartialDate.parse(given["published"])
        report = Report.make(
            given["text"], title="", published=published, source=given["source"], language=given["language"]
        )
        named = [("true", text) for text in record["true"]] + list(record["invented"].items())
        claims = [Claim(text, [cite(report, record["cited"])]) for _, text in named]
        claims.append(Claim(record["true"][0], [], unknown=["k7q2"]))
        for kind, finding in zip([*(kind for kind, _ in named), "key"], checker.check(claims), strict=True):
            found[record["language"], kind, finding.support] += 1
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["actor", "number", "date", "negation", "key", "quote", "url"])
def test_no_invention_is_supported(counted: Counter[tuple[str, str, Support]], language: str, kind: str) -> None:
    assert sum(counted[language, kind, support] for support in Support) >= 5
    assert counted[language, kind, Support.SUPPORTED] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_that_is_true_is_supported(counted: Counter[tuple[str, str, Support]], language: str) -> None:
    everything = sum(counted[language, "true", support] for support in Support)
    assert everything >= 15
    assert counted[language, "true", Support.SUPPORTED] >= 0.8 * everything


@pytest.mark.parametrize(
    ("statement", "kind", "named"),
    [
        ("Wagner Group mercenaries and the Syrian army entered Abu Kamal.", ProblemKind.NAME, "Wagner"),
        ("The Syrian army entered Abu Kamal, and 80 fighters were killed.", ProblemKind.NUMBER, "80"),
        ("The Syrian army entered Abu Kamal on 19 November.", ProblemKind.DATE, "19 November"),
        ("The Syrian army did not enter Abu Kamal.", ProblemKind.NEGATION, "not"),
        ("The Syrian army entered Abu Kamal, a “city without a soul”.", ProblemKind.QUOTE, "city without a soul"),
        ("The Syrian army entered Abu Kamal: https://evil.example/x", ProblemKind.ADDRESS, "https://evil.example/x"),
        ("The trees of the valley blossom in spring.", ProblemKind.MEANING, "blossom"),
    ],
)
def test_what_is_invented_is_named(checker: Checker, statement: str, kind: ProblemKind, named: str) -> None:
    (finding,) = checker.check([Claim(statement, [cite(make_report(SOURCE))])], "Who holds Abu Kamal?")
    assert finding.support is Support.NOT
    assert any(problem.kind is kind and named in problem.text for problem in finding.problems)


@pytest.mark.parametrize(
    ("source", "true", "invented", "kind"),
    [
        (
            "Fishermen found the wreck of the boat on 2 May.",
            "The wreck of the boat was found by fishermen on 2 May.",
            "The coast guard found the wreck of the boat on 2 May.",
            ProblemKind.NAME,
        ),
        (
            "Le médiateur algérien a réuni les deux parties à Genève.",
            "À Genève, le médiateur algérien a réuni les deux parties.",
            "Le médiateur mauritanien a réuni les deux parties à Genève.",
            ProblemKind.NAME,
        ),
        (
            "Police said that the bomb wounded eleven shoppers.",
            "The shoppers' wounds, eleven in all, are the bomb's, police said.",
            "Police called the bomb that wounded eleven shoppers 'a cowardly attack on families'.",
            ProblemKind.QUOTE,
        ),
        (
            "Die Garnison räumte ihre Stellungen am Fluss.",
            "Die Garnison hat ihre Stellungen am Fluss geräumt.",
            "Die Garnison räumte im vergangenen Herbst ihre Stellungen am Fluss.",
            ProblemKind.DATE,
        ),
        (
            "Die Auszählung verlief ohne Zwischenfälle.",
            "Ohne Zwischenfälle verlief die Auszählung.",
            "Die Auszählung verlief nicht ohne Zwischenfälle.",
            ProblemKind.NEGATION,
        ),
        (
            "Most of the newcomers in the camps are children.",
            "Children are most of the newcomers in the camps.",
            "Hardly any of the newcomers in the camps are children.",
            ProblemKind.NEGATION,
        ),
        *(
            (source, true, invented, ProblemKind.NEGATION)
            for source, true, invented in [
                ("Армія взяла Бахмут.", "Бахмут взяла армія.", "Армія не взяла Бахмут."),
                ("Армія не взяла Бахмут.", "Бахмут армія не взяла.", "Армія взяла Бахмут."),
                ("Ordu kenti ele geçirdi.", "Kent ordu tarafından ele geçirildi.", "Ordu kenti ele geçirmedi."),
                ("Ordu kenti ele geçirmedi.", "Ordu kenti ele geçiremedi.", "The army took the city."),
                ("El ejército tomó la ciudad.", "The army took the city.", "El ejército no tomó la ciudad."),
                ("ارتش شهر را گرفت.", "شهر را ارتش گرفت.", "ارتش شهر را نگرفت."),
                ("Armia nie zajęła miasta.", "The army did not take the city.", "Armia zajęła miasto."),
            ]
        ),
        (
            "The army entered the town three days ago.",
            "Three days ago the army entered the town.",
            "The army entered the town last month.",
            ProblemKind.DATE,
        ),
    ],
)
def test_what_is_not_told_is_seen_and_what_is_told_is_not(
    checker: Checker, source: str, true: str, invented: str, kind: ProblemKind
) -> None:
    cited = [cite(make_report(source, published="2017-11-20", language=detect_language(source)))]
    told, not_told = checker.check([Claim(true, cited), Claim(invented, cited)])
    assert kind in kinds(not_told)
    assert kind not in kinds(told)


def test_problems_are_told_in_the_language_of_the_question(checker: Checker) -> None:
    claim = Claim("The Syrian army entered Abu Kamal, and 80 fighters were killed.", [cite(make_report(SOURCE))])
    (finding,) = checker.check([claim], "Wer hat Abu Kamal eingenommen?")
    assert "Die Zahl 80 steht nicht in den zitierten Sätzen." in {problem.text for problem in finding.problems}


def test_a_statement_that_cites_nothing_has_no_support(checker: Checker) -> None:
    first, second = checker.check([Claim(SOURCE, []), Claim(SOURCE, [cite(make_report(SOURCE))], unknown=["k9"])])
    assert (first.support, kinds(first)) == (Support.NOT, {ProblemKind.UNCITED})
    assert (second.support, kinds(second)) == (Support.PARTLY, {ProblemKind.UNKNOWN_KEY})
    assert checker.check([]) == []


def test_a_claim_is_no_fact(checker: Checker) -> None:
    report = make_report("The Syrian army reportedly entered Abu Kamal.")
    plain, hedged = checker.check(
        [
            Claim("The Syrian army entered Abu Kamal.", [cite(report)]),
            Claim("The Syrian army is said to have entered Abu Kamal.", [cite(report)]),
        ]
    )
    assert (plain.support, kinds(plain)) == (Support.PARTLY, {ProblemKind.HEDGE})
    assert ProblemKind.HEDGE not in kinds(hedged)


def test_the_sentence_before_may_say_who_and_where(checker: Checker) -> None:
    report = make_report("Iraqi forces reached Rawa. They took the town on Friday. Nobody fled to Mosul.", title="x")
    near, far = checker.check(
        [
            Claim("Iraqi forces took Rawa.", [cite(report, "They took the town on Friday.")]),
            Claim("They took the town of Mosul.", [cite(report, "They took the town on Friday.")]),
        ]
    )
    assert ProblemKind.NAME not in kinds(near)
    assert ProblemKind.NAME in kinds(far)


def test_a_name_of_the_question_alone_supports_nothing(checker: Checker) -> None:
    claim = Claim("The Wagner Group entered Abu Kamal.", [cite(make_report(SOURCE))])
    (finding,) = checker.check([claim], "Did the Wagner Group enter Abu Kamal?")
    assert ProblemKind.NAME in kinds(finding)


@pytest.mark.parametrize(
    ("quote", "published", "statement", "told"),
    [
        ("The bridge was blown up last year.", "2018-03-04", "The bridge was blown up in 2017.", True),
        ("The bridge was blown up last year.", "2018-03-04", "The bridge was blown up in 2016.", False),
        ("Letzten Monat wurde sie gesprengt.", "2018-03-04", "Sie wurde im Februar 2018 gesprengt.", True),
        ("Shells hit it on Aug. 10, 2014.", "2019-01-05", "Shells hit it on August 10.", True),
        ("Shells hit it on Aug. 10, 2014.", None, "Shells hit it on August 10.", True),
        ("Shells hit it on Aug. 10, 2014.", None, "Shells hit it on August 11.", False),
        ("On 22 February 2011 they said that shells hit it on 9 April.", None, "Shells hit it on 9 April 2011.", True),
        ("Shells hit it on 9 April.", None, "Shells hit it on 9 April 2011.", False),
        ("Shells hit it on 9 April.", "2012-04-10", "Shells hit it on 9 April 2011.", False),
    ],
)
def test_a_date_is_told_by_what_the_report_counts_from_its_day(
    rules: Checker, quote: str, published: str | None, statement: str, told: bool
) -> None:
    language = "de" if quote.startswith("Letzten") else "en"
    (finding,) = rules.check([Claim(statement, [cite(make_report(quote, published=published, language=language))])])
    assert not kinds(finding) & {ProblemKind.DATE, ProblemKind.NUMBER} if told else ProblemKind.DATE in kinds(finding)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("He called it “a city [...] without a soul”.", True),
        ("He called it “a city … a soul”.", True),
        ("He called it “a soul [...] a city”.", False),
        ("He called it “a city [...] without hope”.", False),
        ("He called it “[...]”.", True),
    ],
)
def test_a_quotation_may_leave_words_out_but_turn_none_around(rules: Checker, statement: str, told: bool) -> None:
    report = make_report("He called it “a city of the dead, without a soul”, and left.")
    (finding,) = rules.check([Claim(statement, [cite(report)])])
    assert (ProblemKind.QUOTE not in kinds(finding)) == told


def test_not_only_denies_nothing(checker: Checker) -> None:
    report = make_report("Not only the army entered Abu Kamal, but militias did as well.")
    (finding,) = checker.check([Claim("The army and militias entered Abu Kamal.", [cite(report)])])
    assert ProblemKind.NEGATION not in kinds(finding)


@given(text=hard_texts)
@settings(max_examples=60, deadline=None)
def test_a_verbatim_quote_is_supported(rules: Checker, text: str) -> None:
    report = make_report(f"{text} x", published=None)
    (finding,) = rules.check([Claim(report.text, [cite(report)])])
    assert finding == Finding(Support.SUPPORTED)


@pytest.mark.parametrize(
    ("source", "statement", "language", "told"),
    [
        ("Half a million people fled.", "1 million people fled.", "en", False),
        ("Half a million people fled.", "500,000 people fled.", "en", True),
        ("Eine halbe Million Menschen floh.", "Eine Million Menschen floh.", "de", False),
        ("Several thousand people fled.", "1,000 people fled.", "en", False),
        ("Several thousand people fled.", "Thousands of people fled.", "en", True),
        ("Fighters surrendered.", "2017 fighters surrendered.", "en", False),
        ("Kämpfer ergaben sich.", "2017 Kämpfer ergaben sich.", "de", False),
        ("استسلم مقاتلون.", "استسلم 2017 مقاتلا.", "ar", False),
        ("Боевики сдались.", "Сдались 2017 боевиков.", "ru", False),
        ("2017 fighters surrendered.", "2017 fighters surrendered there.", "en", True),
        ("The army took the town.", "In 2017 the army took the town.", "en", True),
        ("Die Armee nahm die Stadt ein.", "2017 nahm die Armee die Stadt ein.", "de", True),
        ("The elections were held.", "The 2017 elections were held.", "en", True),
    ],
)
def test_a_half_is_no_whole_and_a_count_no_year(
    rules: Checker, source: str, statement: str, language: str, told: bool
) -> None:
    (finding,) = rules.check([Claim(statement, [cite(make_report(source, language=language, published="2017-11-20"))])])
    assert (ProblemKind.NUMBER not in kinds(finding)) == told


@pytest.mark.parametrize(
    ("statement", "language", "told"),
    [
        ("Die SDF nahmen 2017 Rakka ein.", "de", True),
        ("В 2017 СДС взяли Ракку.", "ru", True),
        ("В 2017 сирийская армия взяла город.", "ru", True),
        ("Die Stadt nahmen 2017 Kämpfer ein.", "de", False),
        ("2017 Syrer flohen.", "de", False),
    ],
)
def test_a_year_before_a_name_counts_nothing(gazetteer: GeoNames, statement: str, language: str, told: bool) -> None:
    cited = cite(make_report("The SDF captured Raqqa in October 2017."))
    missing = {kind for kind, _, _ in missing_figures(statement, language, [cited], gazetteer)}
    assert missing == (set() if told else {ProblemKind.NUMBER})


@given(number=st.integers(100, 10**6).filter(lambda number: not 1900 <= number <= 2100))
@settings(max_examples=60, deadline=None)
def test_a_number_that_is_not_there_is_never_supported(rules: Checker, number: int) -> None:
    claim = Claim(f"The army entered the town with {number} fighters.", [cite(make_report(SOURCE))])
    (finding,) = rules.check([claim])
    assert ProblemKind.NUMBER in kinds(finding)


@pytest.mark.parametrize(
    ("asked", "statement", "told"),
    [
        ("Has the army taken the town?", "The army has taken the town.", False),
        ("هل سيطر الجيش على المدينة؟", "سيطر الجيش على المدينة.", False),
        ("“Has the army taken the town?”", "“Has the army taken the town?”", True),
    ],
)
def test_who_asks_has_told_nothing(checker: Checker, asked: str, statement: str, told: bool) -> None:
    report = make_report(f"The war goes on. {asked}")
    (finding,) = checker.check([Claim(statement, [cite(report, asked)])])
    assert finding.support is (Support.SUPPORTED if told else Support.NOT)


def test_a_sentence_in_the_statements_language_is_read_as_such_whatever_the_report_is_in(checker: Checker) -> None:
    sentence = "Tell a tale about a lonely soldier in the desert."
    statement = "The soldier walks through the desert, and silent stars follow him."
    for language in ("en", "de", "ar"):
        (finding,) = checker.check([Claim(statement, [cite(make_report(sentence, language=language))])])
        assert finding.support is Support.NOT, language


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("More is told at relief-news.click.", ["relief-news.click"]),
        ("Siehe a.b.site/x und EVIL.COM", ["a.b.site/x", "EVIL.COM"]),
        ("They left the town.The army, z.B. at 5 a.m., came on 9.november or 9.11.2017 to the U.S. base.", []),
        ("и т.д. и т.п.", []),
    ],
)
def test_the_name_of_a_host_is_an_address_whatever_it_ends_in(statement: str, found: list[str]) -> None:
    assert list(missing_addresses(statement, ())) == found
