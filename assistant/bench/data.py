"""Reads question answering data in which every question has one right paragraph, as reports and questions.

Knows the files' formats; knows nothing of systems or measures. Nothing of the data ships with the package.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, zip_longest
from pathlib import Path
from typing import Any

from assistant.dates import PartialDate
from assistant.errors import SettingsError
from assistant.records import Report, Sentence
from assistant.sentences import split_sentences

__all__ = [
    "SETS",
    "Collection",
    "Question",
    "collections",
    "mixed_xquad",
    "mlqa",
    "ntrex",
    "numbered",
    "paragraphs",
    "questions_about",
    "recombined",
    "sentences_of",
    "tydiqa",
    "without_number",
    "xquad",
]

SETS = ("xquad", "mlqa-de", "tydiqa", "ntrex", "xquad-others")
"""The sets that are read, by name: folders, and what is in xquad/ in other languages."""

_LANGUAGES = ("en", "de", "ar", "ru")
_OTHERS = ("el", "es", "hi", "ro", "th", "tr", "vi", "zh")  # of XQuAD: no rule or weight of ranking was chosen on these
_READ_ARTICLES = 16  # of XQuAD: the reader that ships was trained on these (training/MODEL_CARD.md)
_TYDI = {"ar": "arabic", "ru": "russian", "en": "english"}
_NTREX = {"de": "deu", "ar": "arb", "ru": "rus", "uk": "ukr"}
_WORDS = re.compile(r".*\w", re.DOTALL)
_NUMBERED = re.compile(r"(.*) ([0-9]+)(\W*)", re.DOTALL)
_FIRST_DAY, _DAYS, _SOURCES = dt.date(2015, 1, 1), 1_461, 20  # dates and outlets made up for filters to work on


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the report that answers it, and the offset in its text at which the answer starts.

    Where the report as a whole is the answer (a translated sentence), the offset is None.
    """

    id: str
    text: str
    report_id: str
    answer_start: int | None


@dataclass(frozen=True, slots=True)
class Collection:
    """Reports, and sets of questions about them by name (the language that they are asked in).

    `unread` names the sets that the reader that ships has seen nothing of: on others its figures would mean nothing.
    """

    name: str
    reports: tuple[Report, ...]
    questions: dict[str, tuple[Question, ...]]
    unread: frozenset[str] = frozenset()


def collections(folder: Path, names: Iterable[str] = SETS, articles: int | None = None) -> Iterator[Collection]:
    """The named sets below `folder`, one collection after the other; `articles` takes the first few of XQuAD only."""
    for name in names:
        if name == "xquad":
            for language in _LANGUAGES:
                yield xquad(folder / name, language, articles)
            yield mixed_xquad(folder / name, articles)
        elif name == "xquad-others":
            for language in _OTHERS:
                yield xquad(folder / "xquad", language, articles)
        elif name == "mlqa-de":
            yield mlqa(folder / name)
        elif name == "tydiqa":
            for language in _TYDI:
                yield tydiqa(folder / name, language)
        elif name == "ntrex":
            yield ntrex(folder / name)
        else:
            raise SettingsError(f"{name!r} is not a set of questions. Name one of: {', '.join(SETS)}.")


def xquad(folder: Path, language: str, articles: int | None = None) -> Collection:
    """XQuAD (Artetxe et al., ACL 2020) with the paragraphs of one language, and questions in four; of a language that
    is none of these, in its own and in English.

    `folder` holds `xquad.de.json` and so on; `articles` takes the first few only. With all of them, the questions
    about the last 8 articles are sets of their own as well: the reader was not trained on these.
    """
    asked = _LANGUAGES if language in _LANGUAGES else ("en", language)
    return _parallel(f"xquad, {language}", folder, [language], articles, asked)


def mixed_xquad(folder: Path, articles: int | None = None) -> Collection:
    """XQuAD with each paragraph in one of four languages in turn, as in a collection from everywhere."""
    return _parallel("xquad, 4 languages", folder, _LANGUAGES, articles)


def mlqa(folder: Path) -> Collection:
    """German questions and paragraphs of MLQA (Lewis et al., ACL 2020): `mlqa_de_dev.converted.jsonl`."""
    path = folder / "mlqa_de_dev.converted.jsonl"
    rows = [json.loads(line) for line in _text(path).splitlines() if line.strip()]
    found = [(row["context"], row["question"], row["answers"]["answer_start"][0]) for row in rows]
    return _monolingual("mlqa, de", "de", found)


def tydiqa(folder: Path, language: str) -> Collection:
    """Questions and paragraphs of TyDi QA's gold passages (Clark et al., TACL 2020) in one language (ar, ru, en)."""
    data = json.loads(_text(folder / f"{_TYDI[language]}_tydiqa_dev.json"))["data"]
    asked = [(p["context"], qa) for article in data for p in article["paragraphs"] for qa in p["qas"]]
    found = [(context, qa["question"], qa["answers"][0]["answer_start"]) for context, qa in asked]
    return _monolingual(f"tydiqa, {language}", language, found)


def ntrex(folder: Path) -> Collection:
    """NTREX-128 (Federmann et al., 2022): a translated news sentence is to find its English original among all."""
    english = _text(folder / "newstest2019-src.eng.txt").splitlines()
    reports = _reports("en", english)
    questions = {}
    for language, code in _NTREX.items():
        lines = _text(folder / f"newstest2019-ref.{code}.txt").splitlines()
        pairs = zip(lines, reports, strict=True)
        questions[language] = tuple(Question(str(n), line, report.id, None) for n, (line, report) in enumerate(pairs))
    return Collection("ntrex sentences, en", reports, questions)


def paragraphs(folder: Path, sentences: int) -> list[Report]:
    """Real paragraphs of many subjects in four languages in turn, until they hold so many sentences.

    Each has a made-up day and one of twenty made-up outlets. Fewer where the data holds no more.
    """
    sets = [*(xquad(folder / "xquad", language) for language in _LANGUAGES), mlqa(folder / "mlqa-de")]
    sets += [tydiqa(folder / "tydiqa", language) for language in _TYDI]
    in_turn = chain.from_iterable(zip_longest(*(found.reports for found in sets)))
    chosen: list[Report] = []
    for number, report in enumerate(filter(None, in_turn)):
        if sentences <= 0:
            break
        chosen.append(_dated(report.text, report.language, number))
        sentences -= len(sentences_of(report))
    return chosen


def recombined(folder: Path, sentences: int, distinct: int) -> list[Report]:
    """So many sentences in reports of five, drawn from the first `distinct` sentences of the paragraphs.

    The sentences are real but for a number that makes each another one; their order is not: they stand apart by blank
    lines, so that each text can be told from its parts. The same every time.
    """
    pools: dict[str, list[str]] = {}
    for report in paragraphs(folder, distinct):
        pools.setdefault(report.language, []).extend(report.text[s.start : s.end] for s in sentences_of(report))
    draw = random.Random(0)  # noqa: S311  not for secrets
    weights = [len(pool) for pool in pools.values()]
    languages = draw.choices(list(pools), weights, k=max(1, sentences // 5))
    number = count()
    return [
        _dated("\n\n".join(numbered(one, next(number)) for one in draw.choices(pools[language], k=5)), language, place)
        for place, language in enumerate(languages)
    ]


def numbered(sentence: str, number: int) -> str:
    """The sentence with a number before the marks at its end.

    >>> numbered("They left.", 7)
    'They left 7.'
    """
    words = _WORDS.match(sentence)
    end = words.end() if words else 0
    return f"{sentence[:end]} {number}{sentence[end:]}"


def without_number(sentence: str) -> tuple[str, int] | None:
    """What `numbered` made the sentence from; None for one that has no number there."""
    found = _NUMBERED.fullmatch(sentence)
    return (found[1] + found[3], int(found[2])) if found else None


def sentences_of(report: Report) -> list[Sentence]:
    """The sentences of a report, cut as the index cuts them."""
    return split_sentences(report.id, report.text, report.language)


def questions_about(folder: Path, count: int) -> list[str]:
    """So many questions in four languages in turn, none of them the translation of another."""
    asked = xquad(folder / "xquad", "en").questions
    in_turn = [asked[_LANGUAGES[n % len(_LANGUAGES)]][n].text for n in range(len(asked["en"]))]
    return (in_turn * (count // len(in_turn) + 1))[:count]


def _parallel(
    name: str, folder: Path, of_paragraphs: Sequence[str], articles: int | None, asked: Sequence[str] = _LANGUAGES
) -> Collection:
    """Paragraph n in the n-th of these languages, and around again; questions in those that are asked in."""
    texts: dict[str, list[dict[str, Any]]] = {}
    for language in asked:
        data = json.loads(_text(folder / f"xquad.{language}.json"))["data"]
        texts[language] = [paragraph for article in data[:articles] for paragraph in article["paragraphs"]]
    chosen = [of_paragraphs[place % len(of_paragraphs)] for place in range(len(texts["en"]))]
    shown = [texts[language][place] for place, language in enumerate(chosen)]
    reports = tuple(
        Report.make(paragraph["context"], title=f"{language} {place}", language=language)
        for place, (paragraph, language) in enumerate(zip(shown, chosen, strict=True))
    )
    questions = {
        language: tuple(
            Question(original["id"], qa["question"], report.id, original["answers"][0]["answer_start"])
            for report, paragraph, text in zip(reports, shown, paragraphs, strict=True)
            for original, qa in zip(paragraph["qas"], text["qas"], strict=True)
        )
        for language, paragraphs in texts.items()
    }
    read = sum(len(article["paragraphs"]) for article in data[:articles][:_READ_ARTICLES])
    unread = {report.id for report in reports[read:]}
    last = {
        f"{language}, last {len(data) - _READ_ARTICLES}": tuple(one for one in own if one.report_id in unread)
        for language, own in questions.items()
        if unread
    }
    return Collection(name, reports, questions | last, frozenset(last))


def _monolingual(name: str, language: str, found: Sequence[tuple[str, str, int]]) -> Collection:
    """Of (paragraph, question, start of the answer); a paragraph with several questions is one report."""
    reports = _reports(language, list(dict.fromkeys(context for context, _, _ in found)))
    by_text = {report.text: report.id for report in reports}
    questions = tuple(
        Question(str(number), question, by_text[context], start)
        for number, (context, question, start) in enumerate(found)
    )
    return Collection(name, reports, {language: questions}, frozenset({language}))


def _reports(language: str, texts: Iterable[str]) -> tuple[Report, ...]:
    return tuple(Report.make(text, title=f"{language} {n}", language=language) for n, text in enumerate(texts))


def _dated(text: str, language: str, number: int) -> Report:
    day = _FIRST_DAY + dt.timedelta(days=number * 7 % _DAYS)
    return Report.make(
        text,
        title=f"{language} {number}",
        published=PartialDate.of(day),
        source=f"Outlet {number % _SOURCES}",
        language=language,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path}: this file of the data cannot be read ({error}). Name the folder above."
        ) from error
