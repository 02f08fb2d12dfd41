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

import numpy as np

from assistant.dates import PartialDate, Window, moved
from assistant.embedding import Vectors
from assistant.lexical import Scores
from assistant.records import Hit, Mention, Report, ScoredSentence
from assistant.store import IndexedPassage

__all__ = ["LEXICAL_WEIGHT", "PLACE_WEIGHT", "TIME_WEIGHT", "place_fit", "score", "time_fits"]

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
    found: Sequence[tuple[IndexedPassage, Report]],
    words: Scores,
    names: Scores,
    weights: Scores,
    where: Scores,
    when: Scores,
) -> list[Hit]:
    """The passages that were found, with their reports, as hits in the same order.

    Of all their sentences, one passage after the other: `words` has the lexical scores by word of the question and
    sentence, `names` the share of them that places and groups make, `when` how well a sentence fits the time that is
    asked about (0 to 1). By word: `weights`, what sharing it can give (`Lexical.weights`). By passage: `where`, how
    well its report fits the places and groups that are asked about (0 to 1).
    """
    counts = np.array([len(passage.sentences) for passage, _ in found])
    ends = np.cumsum(counts)
    starts = ends - counts

    def best(by_sentence: Scores) -> Scores:
        return np.asarray(np.maximum.reduceat(by_sentence, starts, axis=-1))

    def with_passage(own: Scores, of_passage: Scores) -> Scores:
        return np.asarray((own + np.repeat(of_passage, counts)) / 2, dtype=np.float32)

    def shared(by_word: Scores) -> Scores:
        return LEXICAL_WEIGHT * with_passage(by_word.sum(axis=0), best(by_word).sum(axis=0))

    near = np.concatenate([passage.sentence_vectors for passage, _ in found]) @ question
    whole_near = np.stack([passage.vector for passage, _ in found]) @ question
    named = shared(names)
    parts = {
        "dense": with_passage(near, whole_near),
        "lexical": shared(words) - named,
        "place": named + PLACE_WEIGHT * (np.repeat(where, counts) - 1),
        "date": TIME_WEIGHT * (with_passage(when, best(when)) - 1),
    }
    totals = np.sum(list(parts.values()), axis=0)
    tops = np.array([start + int(np.argmax(totals[start:end])) for start, end in zip(starts, ends, strict=True)])
    gains = _gains([report.language for _, report in found], totals[tops], parts["lexical"][tops])
    parts["lexical"] = parts["lexical"] - np.repeat(gains, counts)
    totals = totals - np.repeat(gains, counts)
    total = float(weights.sum()) or 1.0  # where no word says anything, none is covered
    covered = (best(words) * (weights > 0)[:, None]).sum(axis=0) / total
    hits = []
    for (passage, report), start, end, top, share in zip(found, starts, ends, tops, covered, strict=True):
        scored = zip(passage.sentences, totals[start:end].tolist(), when[start:end].tolist(), strict=True)
        sentences = tuple(ScoredSentence(sentence, value, timely=fit) for sentence, value, fit in scored)
        why = {name: float(part[top]) for name, part in parts.items()}
        hits.append(Hit(report, passage.passage, sentences, float(totals[top]), why, covered=float(share)))
    return hits


def _gains(languages: Sequence[str], scores: Scores, lexical: Scores) -> Scores:
    """By passage: what shared words add to the best score of its language."""
    gains = np.zeros_like(scores)
    for language in set(languages):
        own = np.array([one == language for one in languages])
        gains[own] = scores[own].max() - (scores - lexical)[own].max()
    return gains


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
