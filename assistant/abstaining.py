"""Decides whether what was found answers the question, and says why not: nothing within the limits, on the place, on
the time, on the subject.

A logistic regression over a few signals, each with a meaning of its own. Its weights are in data/abstaining.toml,
fitted by training/abstaining.py, apart for what a reader read and for what none did; what was tried is in
docs/decisions/0019. Knows hits and the collection that they come from; knows nothing of wording, or of how an answer
is made.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from assistant.choosing import tells_on_state, testifying
from assistant.cues import asks_about_state
from assistant.data_files import data_file
from assistant.found import Found
from assistant.records import Missing
from assistant.scoring import TIME_WEIGHT

__all__ = ["log_odds", "signals", "what_is_missing"]

_LIKELY = 0.5  # of Hit.answers: below this, nothing that was read answers
_APART = 0.3  # a lead over the next report that is larger says no more
_OFF_TOPIC, _ON_TOPIC = 0.03, 0.13  # similarities of a question to a collection of all subjects, and to one on its own
_SURE = 6.0  # log odds; more than that says no more
_OUTSIDE = 0.9  # of TIME_WEIGHT: what loses more is from another time
# Scripts whose names have no letters in common, by the languages of them that the model has means for.
_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "ug"), "arabic"),
    **dict.fromkeys(("ru", "uk", "bg", "sr", "be", "kk", "ky", "mk", "mn", "tg"), "cyrillic"),
    **dict.fromkeys(("he",), "hebrew"),
    **dict.fromkeys(("el",), "greek"),
    **dict.fromkeys(("hi", "bn", "th", "ko", "zh", "ja", "hy", "ka", "am", "ti", "my", "km", "lo"), "other"),
    **dict.fromkeys(("mr", "ne", "si", "ta", "te"), "other"),
}


def what_is_missing(found: Found, *, calibrated: bool, odds: float = 0.0) -> Missing | None:
    """What is missing where the hits are no answer; None where they are likelier one than not.

    `calibrated` is whether the weights were fitted for the model that found them. Without, hits are declined only
    where no report has a place of the question, the best of them is from another time, or they were read in vain. A
    question for whatever happened at a time is answered by what is from that time, and one for whatever happened in
    a place by what names it; one for the state of a place by what names it and tells who holds it or took it; and one
    for who claims an attack, or denies something, by nothing but what tells of that. Neither is answered where all
    reports that were found name other places than the question. `odds` are the log odds that are asked for.
    """
    if not found.hits or found.unknown_names or _outside(found) or (not calibrated and _read_in_vain(found)):
        return _plainest(found)
    named = any(hit.names for hit in found.hits)
    state = asks_about_state(found.query.text)
    if state and named:
        told = any(tells_on_state(hit, one.sentence) for hit in found.hits for one in hit.sentences)
        return None if told else _plainest(found)
    testimony = testifying(found.query.text, found.hits)
    if testimony == [] or ((testimony or state) and _elsewhere(found)):
        return _plainest(found)
    anything = found.query.only_time or (found.query.only_names and named)
    likely = log_odds(found) if calibrated and not anything else None
    return _plainest(found) if likely is not None and likely < odds else None


def log_odds(found: Found) -> float | None:
    """The log odds that the best hits answer the question; None where there is nothing to tell by."""
    measured = signals(found)
    if measured is None:
        return None
    weights = _weights("read" if "read" in measured else "weights")
    return weights["bias"] + sum(weights[name] * value for name, value in measured.items())


def signals(found: Found) -> dict[str, float] | None:
    """What the decision rests on, by name; None where there are no hits, or none that were found by vectors.

    sentence        similarity to the question of the nearest sentence of the best hit (centred, -1 to 1)
    beyond_chance   that, in standard deviations of all sentences of the collection, less what the best of so many
                    unrelated sentences would have by chance
    covered         share of the question's words that its passage has, by rarity, 0 to 1; 0 in another language
    other_language, other_script    1 where the passage is in another language than the question, and there fewer
                    similarities and words can be expected; one of them at most
    apart           lead over the next best report, 0 to 1 (at 0.3 and more)
    topic           how far the collection as a whole is about what is asked, 0 to 1: there the sentences are many that
                    come near to a question, and most questions have an answer
    named, nameless    share of the places and groups of the question that its passage names, 0 to 1; 1 where the
                    question names none
    date, timed     what being from another time than asked takes from its score, as a share of the most that it can
                    take, -1 to 0; 1 where the question asks about a time
    read            log odds that a passage answers, of the likeliest that was read (-6 to 6); absent where none was
    """
    usual = found.usual
    if not found.hits or usual is None:
        return None
    best = found.hits[0]
    vectors = [found.vectors[one.sentence] for one in best.sentences if one.sentence in found.vectors]
    if not vectors:
        return None
    sentence = max(float(vector @ found.vector) for vector in vectors)
    chance = math.sqrt(2 * math.log(max(usual.sentences, 2)))  # the expected maximum of so many normal values, nearly
    asked, told = found.query.language, best.report.language
    script = _SCRIPTS.get(asked) != _SCRIPTS.get(told)
    others = [hit.score for hit in found.hits if hit.report.id != best.report.id]
    lead = best.score - max(others) if others else _APART
    answers = [hit.answers for hit in found.hits if hit.answers is not None]
    named = [any(name.entity in one.told_by for name in best.names) for one in found.query.names]
    return {
        "sentence": sentence,
        "beyond_chance": (sentence - usual.mean) / usual.spread - chance,
        "covered": best.covered if asked == told else 0.0,
        "other_language": float(asked != told and not script),
        "other_script": float(script),
        "apart": min(max(lead, 0.0), _APART) / _APART,
        "topic": min(max((usual.mean - _OFF_TOPIC) / (_ON_TOPIC - _OFF_TOPIC), 0.0), 1.0),
        "named": sum(named) / len(named) if named else 0.0,
        "nameless": float(not named),
        "date": best.why.get("date", 0.0) / TIME_WEIGHT,
        "timed": float(bool(found.query.times)),
        **({"read": _log_odds_of(max(answers))} if answers else {}),
    }


def _read_in_vain(found: Found) -> bool:
    """Whether hits were read, and a reader that can tell finds it unlikely that any of them answers."""
    likely = [hit.answers for hit in found.hits if hit.answers is not None]
    return bool(likely) and max(likely) < _LIKELY


def _log_odds_of(probability: float) -> float:
    if probability in (0.0, 1.0):
        return math.copysign(_SURE, probability - 0.5)
    return min(max(math.log(probability / (1 - probability)), -_SURE), _SURE)


def _outside(found: Found) -> bool:
    """Whether the question asks about a time, and what comes nearest is neither from it nor tells of it."""
    best = found.hits[:1]
    return bool(found.query.times) and all(hit.why.get("date", 0.0) <= -_OUTSIDE * TIME_WEIGHT for hit in best)


def _elsewhere(found: Found) -> bool:
    """Whether the question names places, and no report of the hits names one of them, in any spelling or as it does."""
    text, reports = found.query.text, {hit.report.id: hit.report.text.casefold() for hit in found.hits}
    places = [name for name in found.query.names if name.is_place]
    entities = frozenset[str]().union(*(place.told_by for place in places))
    told = any(name.entity in entities for hit in found.hits for name in hit.names)
    spelled = [text[place.start : place.end].casefold() for place in places]
    return bool(places) and not told and not any(one in own for own in reports.values() for one in spelled)


def _plainest(found: Found) -> Missing:
    """All reports, then a name that is in none, then the time, else the subject."""
    if not found.admitted:
        return Missing.LIMITS
    if found.unknown_names:
        return Missing.PLACE
    return Missing.TIME if _outside(found) else Missing.SUBJECT


@cache
def _weights(table: str) -> Mapping[str, float]:
    data = data_file("abstaining")
    return {name: float(value) for name, value in data[table].items()}
