"""Boilerplate is left out of web pages, and no sentence of a report ever is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.boilerplate import without_boilerplate
from index.readers import Draft, read
from tests.helpers import EXAMPLES, SHARED, needs_shared

BOILERPLATE = [
    *("Read more: Army takes the town", "READ ALSO: Who is who?", "Related", "Related articles", "See also: The map"),
    *(
        "Lesen Sie auch: Armee nimmt Stadt ein",
        "Lesen Sie auch",
        "Mehr zum Thema",
        "Weiterlesen …",
        "Anzeige",
        "Teilen",
    ),
    *("اقرأ أيضا: الجيش يسيطر على المدينة", "اقرأ أيضاً", "إقرأ أيضاً : الخبر", "مواضيع ذات صلة", "إعلان"),
    *("Читайте также: Армия взяла город", "По теме", "Реклама", "Lire aussi : L'armée", "Lea también: El ejército"),
    *("We use cookies to improve your experience. Accept", "Wir verwenden Cookies, um Inhalte zu personalisieren."),
    *("نستخدم ملفات تعريف الارتباط لتحسين تجربتك", "Мы используем файлы cookie.", "Nous utilisons des cookies."),
    *(
        "© 2017 Levant Desk. All rights reserved.",
        "All rights reserved",
        "جميع الحقوق محفوظة",
        "Advertisement",
        "Share",
    ),
]
REPORT = [
    *("Read more than forty reports, he said, and you know.", "Related strikes hit the town on Thursday."),
    *("Lesen Sie auch das Kleingedruckte, riet der Minister.", "Anzeige erstattete der Gouverneur: gegen Unbekannt."),
    *("إعلان: قوات الجيش تسيطر على المدينة.", "المزيد من القتلى سقطوا يوم الخميس.", "شارك في الهجوم ثلاثة مسلحين."),
    *("Подробнее: армия взяла город, сообщил источник.", "Share of the town that is held: half."),
    *("Watch: the army took the town.", "More people were killed.", "The army uses cookies to pay its men."),
    *("Follow us, the officer told them.", "Recommended: to leave the town before Friday.", "By Friday they had left."),
]
PAGE = "<html><body><article><h1>Town</h1><p>{}</p></article></body></html>"


@pytest.mark.parametrize("line", BOILERPLATE)
def test_boilerplate_is_left_out(line: str) -> None:
    assert without_boilerplate(["One sentence.", line, "Another one."]) == ["One sentence.", "Another one."]


@pytest.mark.parametrize("line", REPORT)
def test_what_only_begins_like_it_stays(line: str) -> None:
    assert without_boilerplate([line]) == [line]


@given(st.sampled_from(BOILERPLATE + REPORT), st.text(min_size=250))
def test_a_long_paragraph_is_never_taken_for_a_call(line: str, more: str) -> None:
    paragraph = f"He said: {line} {more}"
    assert without_boilerplate([paragraph]) == [paragraph]


def test_no_sentence_of_the_sample_reports_is_taken_for_boilerplate() -> None:
    for path in sorted(EXAMPLES.iterdir()):
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        assert without_boilerplate(lines) == lines


@needs_shared
def test_no_news_sentence_is_taken_for_boilerplate() -> None:
    """16,000 sentences of news in 8 languages, and the questions' paragraphs of XQuAD."""
    lines = [
        line
        for name in ("src.eng", "ref.deu", "ref.arb", "ref.rus", "ref.ukr", "ref.fra", "ref.tur", "ref.fas")
        for line in (SHARED / "eval" / "ntrex" / f"newstest2019-{name}.txt").read_text("utf-8").splitlines()
        if line.strip()
    ]
    data = json.loads((SHARED / "eval" / "xquad" / "xquad.es.json").read_text("utf-8"))["data"]
    lines += [paragraph["context"] for article in data for paragraph in article["paragraphs"]]
    assert len(lines) > 15_000
    assert without_boilerplate(lines) == lines


def test_a_page_with_calls_between_its_paragraphs(tmp_path: Path) -> None:
    body = "</p><p>".join(
        [
            "The army command announced the capture of the town on Thursday, the agency said.",
            BOILERPLATE[0],
            "A monitoring group doubted this and said fighting continued in the north.",
            *BOILERPLATE[5:7],
        ]
    )
    path = tmp_path / "a.html"
    path.write_text(PAGE.format(body), "utf-8")
    (draft,) = read(path)
    assert isinstance(draft, Draft)
    assert "Read more" not in draft.text
    assert "Lesen Sie" not in draft.text
    assert "announced the capture" in draft.text
    assert "fighting continued" in draft.text
