"""Resolves a question against the one before it, without a language model: "And al-Qaim?", "who says so?", "why?".

What it lacks is carried over: the place, the group, the time, or all that was asked about. A question that stands
alone is left as it is, and where it is not plain that a question leans on another one, it stands alone.

This module knows questions; it knows nothing of reports, answers or of where conversations are kept.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence

from assistant.cues import find_fates
from assistant.followup_cues import at_head, is_whole, languages, within
from assistant.gazetteer import Gazetteer
from assistant.letters import NAME_TOKEN
from assistant.question_parts import (
    NAMES,
    Parts,
    Phrase,
    asks,
    cut,
    is_functional,
    language_of,
    of_its_script,
    preposition_of,
    take_apart,
)
from assistant.rewording import SENTENCE_END, appended, capitalised, in_words_of, put
from assistant.turns import Carried, CarriedKind, Understood, Wish
from assistant.wording import series

__all__ = ["leaning", "resolve"]

_FRAGMENT = 6  # words: what is longer, and opens with "and", is told by its question word or is none
_PIECE = 2  # words that are new in such a piece, where none of them is a name
_THIN = 4  # words of a question that has next to nothing in it
_HOLDS = 4  # words that a question with "there" may have besides
_WITHOUT_CAPITALS = frozenset({"ar", "de"})  # or with one on every noun
_SUBJECT = 8  # words of the question before that are carried over as its subject


def resolve(
    question: str,
    topic: str | None,
    gazetteer: Gazetteer | None,
    today: dt.date,
    without: Iterable[Carried] = (),
) -> Understood:
    """What the question means after one on `topic`, which is None at the beginning of a conversation.

    `without` is what is not to be carried over, as an earlier `Understood.carried` has it. "Last week" is counted
    from `today`.
    """
    alone = Understood(question, question)
    if topic is None:
        return alone
    question = unicodedata.normalize("NFC", question).strip()
    dropped = frozenset(without)
    before = _cut(take_apart(topic, gazetteer, today), dropped, gazetteer, today)
    if any(item.kind is CarriedKind.SUBJECT for item in dropped):
        return alone
    known = (before.language, *(language for language in languages() if language != before.language))
    for wish in (Wish.SOURCES, Wish.CONFIRMATION, Wish.MORE):
        language = is_whole(wish.value, question, before.language)
        if language is not None:
            return Understood(before.text, before.text, wish, _all(before), language)
    for kind in ("reason", "denial"):
        language = is_whole(kind, question, before.language)
        if language is not None:
            asked = f"{capitalised(question, before.text)} {before.text}"
            return Understood(asked, before.text, Wish.ANSWER, _all(before), language)
    lead = at_head("lead", question, of_its_script(question, known))
    language = lead[0] if lead is not None else language_of(question, known)
    if language not in languages():
        return alone
    rest = question[lead[1] :].strip() if lead is not None else question
    if lead is not None and not _opens(question, rest, language, gazetteer, today):
        lead, rest = None, question
    own = take_apart(rest, gazetteer, today, language)
    found = (
        _question(own, before, lead is not None) if asks(rest, language) else _fragment(own, before, lead is not None)
    )
    return found or alone


def leaning(question: str, topic: str, gazetteer: Gazetteer | None, today: dt.date) -> Understood | None:
    """What a question that names nothing means if it is one on `topic` after all ("How many soldiers will leave?").

    For one that stands alone by `resolve`, and finds no answer so. None where it names something of its own, asks what
    a thing is, or `topic` names nothing.
    """
    before = take_apart(topic, gazetteer, today)
    own = take_apart(question, gazetteer, today)
    carried = before.of(*_lacking(own))
    if (
        own.of(*NAMES)
        or _has_subject(own)
        or not (carried or _named(before))
        or at_head("definition", own.text, [own.language]) is not None
    ):
        return None
    return _added(own, before, carried, unlisted=True)


def _opens(question: str, rest: str, language: str, gazetteer: Gazetteer | None, today: dt.date) -> bool:
    """Whether what stands at the head of a question joins it to another, and is no part of its first word."""
    if not rest.strip(" ?؟!."):
        return False
    if language != "ar" or not question.startswith("و") or rest[:1].isspace() or question[1:].strip() != rest:
        return True
    first = rest.split(maxsplit=1)[0].strip("؟?!.،")
    if first.startswith("ال"):
        return True
    whole, without = (take_apart(text, gazetteer, today, "ar") for text in (question, rest))
    if any(phrase.start == 0 for phrase in whole.of(CarriedKind.PLACE)):  # Washington begins with that letter
        return bool(without.of(*NAMES))
    return is_functional(first, "ar") or any(phrase.start == 0 for phrase in without.phrases)


# -- what is carried over


def _cut(read: Parts, dropped: frozenset[Carried], gazetteer: Gazetteer | None, today: dt.date) -> Parts:
    gone = [phrase for phrase in read.phrases if Carried(phrase.kind, read.words(phrase)) in dropped]
    text = read.text
    for phrase in reversed(gone):
        text = cut(text, phrase.head, phrase.end)
    return take_apart(text, gazetteer, today, read.language) if gone else read


def _all(before: Parts) -> tuple[Carried, ...]:
    named = tuple(Carried(phrase.kind, before.words(phrase)) for phrase in before.phrases)
    return named + _subject(before)


def _subject(before: Parts) -> tuple[Carried, ...]:
    words = before.subject or before.rest
    return (Carried(CarriedKind.SUBJECT, " ".join(words[:_SUBJECT])),) if words else ()


# -- a question of its own that leans on the one before


def _question(own: Parts, before: Parts, joined: bool) -> Understood | None:
    if not own.subject and not own.phrases:  # "Since when?"
        text = f"{capitalised(own.text, before.text)} {before.text}"
        return Understood(text, before.text, Wish.ANSWER, _all(before), own.language)
    there = _there(own)
    then = _then(own)
    if not (joined or there or then or _stands_for_something(own) or _thin(own)):
        return None
    lacking = _lacking(own)
    if own.of(*NAMES):
        lacking = [kind for kind in lacking if kind not in NAMES or (there and kind is CarriedKind.PLACE)]
    found = _added(own, before, before.of(*lacking))
    return found if found.carried or joined else None


def _lacking(own: Parts) -> list[CarriedKind]:
    return [kind for kind in CarriedKind if kind is not CarriedKind.SUBJECT and not own.of(kind)]


def _added(own: Parts, before: Parts, carried: Sequence[Phrase], *, unlisted: bool = False) -> Understood:
    """The question with what is carried over behind it; where that is nothing and it names nothing, the subject, or
    what of it is `unlisted`: names that no list has."""
    words = list(dict.fromkeys(in_words_of(own.language, before, phrase) for phrase in carried))
    kept = tuple(Carried(phrase.kind, before.words(phrase)) for phrase in carried)
    if (words or unlisted) and not own.of(*NAMES):
        named = _named(before)
        words += named
        kept += tuple(Carried(CarriedKind.SUBJECT, word) for word in named)
    if not words and not own.phrases:
        kept = _subject(before)
        words = [item.text for item in kept]
    text = appended(capitalised(own.text, before.text), series(words, own.language), own.language)
    return Understood(text, text, Wish.ANSWER, kept, own.language)


def _named(before: Parts) -> list[str]:
    """What the question before names and no list has, as far as a capital tells it: people, ships, small places."""
    if before.language in _WITHOUT_CAPITALS:
        return []
    first = NAME_TOKEN.search(before.text)
    return [word for word in before.subject if word != word.lower() and (first is None or word != first.group())]


def _there(own: Parts) -> bool:
    return (
        not own.of(CarriedKind.PLACE)
        and len(own.subject) <= _HOLDS
        and any(
            own.language != "ar" or own.text[start:end] != "هناك" or not own.text[end:].strip(" ?؟!.")
            for start, end in _meant("there", own)
        )
    )


def _then(own: Parts) -> bool:
    """Whether it ends with "then", or has it and nothing else to go by."""
    return not own.of(CarriedKind.TIME) and any(
        not own.text[end:].strip(" ?؟!.") or not _has_subject(own) for _, end in _meant("then", own)
    )


def _stands_for_something(own: Parts) -> bool:
    """Whether it has a pronoun for which nothing in it can stand."""
    if _has_subject(own):
        return False
    words = NAME_TOKEN.findall(own.text)
    for start, end in _meant("it", own):
        ahead = [word for word in NAME_TOKEN.findall(own.text[:start]) if not is_functional(word, own.language)]
        last = not own.text[end:].strip(" ?؟!.")
        if not ahead or (last and len(ahead) <= 1 and len(words) <= 6):
            return True
    return len(words) <= 6 and any(not own.text[end:].strip(" ?؟!.") for _, end in _meant("that", own))


def _thin(own: Parts) -> bool:
    """Whether there is next to nothing in it ("How many were killed?"), or nothing but what befell whoever ("How many
    people were killed?"), and it does not ask what a thing is."""
    words = len(NAME_TOKEN.findall(own.text))
    fates = any(_befell(word, own) for word in own.subject)
    telling = [word for word in own.subject if not _befell(word, own) and not _is("anybody", word, own)]
    return (
        ((len(own.subject) <= 1 and words <= _THIN) or (fates and not telling and words <= _FRAGMENT))
        and not own.phrases
        and not _has_subject(own)
        and at_head("definition", own.text, [own.language]) is None
    )


def _befell(word: str, own: Parts) -> bool:
    return bool(find_fates(word, own.language)) or _is("loss", word, own)


def _is(kind: str, word: str, own: Parts) -> bool:
    return any(span == (0, len(word)) for span in within(kind, word, own.language))


def _meant(kind: str, own: Parts) -> list[tuple[int, int]]:
    """Where its phrases of this kind are, but for those that stand for nothing ("is there")."""
    empty = list(within("not_it", own.text, own.language))
    return [(s, e) for s, e in within(kind, own.text, own.language) if not any(s < end and a < e for a, end in empty)]


def _has_subject(own: Parts) -> bool:
    """Whether it names something: a place, a group, or what is written with a capital (nouns are, in German)."""
    if own.of(*NAMES) or any(character.isdigit() for character in own.text):
        return True
    tokens = [match.group() for match in NAME_TOKEN.finditer(own.text)][1:]
    return own.language != "de" and any(word != word.lower() and word != "I" for word in tokens)


# -- a piece that takes the place of a piece of the question before


def _fragment(own: Parts, before: Parts, joined: bool) -> Understood | None:
    words = NAME_TOKEN.findall(own.text)
    joined = joined or _bare(own)
    if (own.subject and not joined) or len(words) > _FRAGMENT + 4 * bool(own.phrases) or not words:
        return None
    if own.subject or not own.phrases:
        short = len(words) <= _FRAGMENT and len(own.subject) <= _PIECE
        return _new_piece(own, before) if joined and short else None
    text, replaced = before.text, list[Phrase]()
    kinds = sorted({phrase.kind for phrase in own.phrases}, key=lambda kind: -_last(before, own, kind))
    for kind in kinds:  # from the end of the text, so that offsets stay true
        old = _counterpart(before, own, kind)
        text = put(text, old, own, kind, before)
        replaced += [old] if old is not None else []
    gone = [Carried(phrase.kind, before.words(phrase)) for phrase in replaced]
    kept = tuple(item for item in _all(before) if item not in gone)
    return Understood(text, text, Wish.ANSWER, kept, own.language)


def _bare(own: Parts) -> bool:
    """Whether it is no more than what befell whoever: "Any losses?"."""
    telling = [word for word in own.subject if not _is("anybody", word, own)]
    return bool(telling) and not own.phrases and all(_befell(word, own) for word in telling)


def _last(before: Parts, own: Parts, kind: CarriedKind) -> int:
    old = _counterpart(before, own, kind)
    return old.start if old is not None else len(before.text)


def _counterpart(before: Parts, own: Parts, kind: CarriedKind) -> Phrase | None:
    """What a new place, group or time takes the place of: a country that of a country, where there is one."""
    old = before.of(kind)
    if kind is CarriedKind.PLACE:
        country = own.of(kind)[0].country
        old = tuple(phrase for phrase in old if phrase.country is country) or old
    return old[-1] if old else None


def _new_piece(own: Parts, before: Parts) -> Understood:
    """What no list has: "And Hmeimim?", "what about the losses?". A name takes the place of a name."""
    text = SENTENCE_END.sub("", own.text)
    bare = text[preposition_of(text, own.language) :]
    name = bare[:1] != bare[:1].lower() and not (own.language == "de" and bare != text)
    places = before.of(CarriedKind.PLACE) or before.of(CarriedKind.GROUP)
    if name and places and not own.phrases and not _bare(own):
        old = places[-1]
        kept = tuple(item for item in _all(before) if item != Carried(old.kind, before.words(old)))
        text = before.text[: old.start] + bare + before.text[old.end :]
        return Understood(text, text, Wish.ANSWER, kept, own.language)
    return _added(own, before, before.of(*_lacking(own)))
