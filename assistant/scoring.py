"""What a passage is worth to a question: pure functions of vectors, shared words, dates.

Four parts, all on one scale, each the mean of what the sentence has and what its passage has:

    dense     the centred similarity to the question, -1 to 1; 0 is chance
    lexical   what shared words and numbers add, 0 upwards (less than 0 after levelling)
    place     what shared places and groups add, less what it takes that the report names others, -PLACE_WEIGHT upwards
    date      what being from outside of the time that is asked about takes, -TIME_WEIGHT to 0

A report in another language than the question's shares few words with it, however well it answers. So shared words may
reorder the passages of one language, but not lift a language over another: of each language, the best score stays what
it is without them. Places and groups meet across languages, and stay out of this. The figures behind all of it:
docs/decisions/0002, 0003, 0005, 0013 and 0015.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

import numpy as np

from assistant.dates import PartialDate, Window, moved
from assistant.embedding import Vectors
from assistant.lexical import Scores
from assistant.records import Hit, Mention, Report, ScoredSentence
from assistant.store import IndexedPassage

__all__ = ["LEXICAL_WEIGHT", "PLACE_WEIGHT", "TIME_WEIGHT", "covered", "level", "place_fit", "score", "time_fits"]

LEXICAL_WEIGHT = 0.1
PLACE_WEIGHT = 0.05
TIME_WEIGHT = 0.2
_NEWS_DELAY = dt.timedelta(days=2)  # that long after the time that is asked about, its events are still news
_LATE_FIT = 0.5
_UNKNOWN_FIT = 0.5  # of a report without a date: it may be from any time
_VAGUE_FIT = 0.7  # of "2017-11" to the 9th: it is possible
_TOLD_OTHERWISE = 0.5  # what is left where the sentence itself tells of another time


def score(
    question: Vectors,
    words: Scores,
    names: Scores,
    where: float,
    when: Scores,
    indexed: IndexedPassage,
    report: Report,
) -> Hit:
    """Score a passage and its sentences.

    `words` has the lexical scores by word of the question and sentence, `names` the share of them that places and
    groups make, `where` and `when` how well the report fits the places and groups, and each sentence the time, that are
    asked about, 0 to 1.
    """
    named = LEXICAL_WEIGHT * _with_passage(names)
    parts = {
        "dense": (indexed.sentence_vectors @ question + float(indexed.vector @ question)) / 2,
        "lexical": LEXICAL_WEIGHT * _with_passage(words) - named,
        "place": named + PLACE_WEIGHT * (where - 1),
        "date": TIME_WEIGHT * ((when + when.max()) / 2 - 1),
    }
    scores = np.sum(list(parts.values()), axis=0)
    best = int(np.argmax(scores))
    scored = tuple(
        ScoredSentence(sentence, float(value), timely=float(fit))
        for sentence, value, fit in zip(indexed.sentences, scores, when, strict=True)
    )
    why = {name: float(part[best]) for name, part in parts.items()}
    return Hit(report, indexed.passage, scored, scored[best].score, why)


def _with_passage(by_word: Scores) -> Scores:
    """By sentence: the mean of the words that it shares and of those that its passage shares."""
    passage = by_word.max(axis=1, initial=0.0).sum()
    return np.asarray((by_word.sum(axis=0) + passage) / 2)


def covered(words: Scores, weights: Scores) -> float:
    """The share of a question's words that a passage has, by their weights (`Lexical.weights`), 0 to 1.

    `words` has the lexical scores by word of the question and sentence. 0 where the question has no such words.
    """
    total = float(weights.sum())
    return float((words.max(axis=1, initial=0.0) * (weights > 0)).sum()) / total if total > 0 else 0.0


def level(hits: Iterable[Hit]) -> list[Hit]:
    """Take from each language's scores what shared words added to its best one."""
    by_language: dict[str, list[Hit]] = {}
    for hit in hits:
        by_language.setdefault(hit.report.language, []).append(hit)
    levelled = []
    for group in by_language.values():
        gain = max(hit.score for hit in group) - max(hit.score - hit.why["lexical"] for hit in group)
        for hit in group:
            sentences = tuple(replace(scored, score=scored.score - gain) for scored in hit.sentences)
            why = {**hit.why, "lexical": hit.why["lexical"] - gain}
            levelled.append(replace(hit, sentences=sentences, score=hit.score - gain, why=why))
    return levelled


def place_fit(report: Report, naming: Sequence[Set[str]]) -> float:
    """How many of the places and groups that are asked about the report names, 0 to 1; 1 where none are.

    `naming` has for each of them the ids of the reports that name it.
    """
    return sum(report.id in reports for reports in naming) / len(naming) if naming else 1.0


def time_fits(
    windows: Sequence[Window], indexed: IndexedPassage, report: Report, mentions: Iterable[Mention], *, state: bool
) -> Scores:
    """How well each sentence fits the time that a question asks about, 0 to 1; 1 where it asks about none.

    A sentence is from the time that it tells of, and otherwise from that of its report. An old report is as good as a
    new one where both are inside. Where it is asked how things stood (`state`), what also tells of later is from later.
    """
    if not windows:
        return np.ones(len(indexed.sentences), dtype=np.float32)
    about = _report_fit(windows, report, news=not state)
    dates = [(mention.start, mention.date) for mention in mentions if mention.date is not None]
    fits = []
    for sentence in indexed.sentences:
        own = [date for start, date in dates if sentence.start <= start < sentence.end]
        inside = any(_inside(windows, date.earliest, date.latest) for date in own)
        inside = inside and not (state and any(_after(windows, date) for date in own))
        fits.append(1.0 if inside else about * _TOLD_OTHERWISE if own else about)
    return np.array(fits, dtype=np.float32)


def _report_fit(windows: Sequence[Window], report: Report, *, news: bool) -> float:
    """The same of a report by its own date. With `news`, one from soon after tells what happened then."""
    first, last = report.published.earliest, report.published.latest
    if first is None or last is None:
        return _UNKNOWN_FIT
    if not _inside(windows, first, last):
        ended = all(window.until is not None for window in windows)
        return _LATE_FIT if news and ended and _inside(windows, moved(first, -_NEWS_DELAY), last) else 0.0
    certain = _inside(windows, first, first) and _inside(windows, last, last)
    return 1.0 if certain or report.published.precision == "day" else _VAGUE_FIT


def _after(windows: Sequence[Window], date: PartialDate) -> bool:
    """Whether a date lies after the windows, or most of it does: December is after "as of 1 December"."""
    ends = [window.until for window in windows if window.until is not None and not window.yearly]
    if len(ends) < len(windows) or date.earliest is None or date.latest is None:
        return False
    return date.earliest + (date.latest - date.earliest) / 2 > max(ends)


def _inside(windows: Sequence[Window], first: dt.date | None, last: dt.date | None) -> bool:
    """Whether a date lies in the windows: in all of them where one is open ("since", "before"), else in any."""
    if first is None or last is None:
        return False
    found = [window.overlaps(first, last) for window in windows]
    return all(found) if any(None in (window.since, window.until) for window in windows) else any(found)
