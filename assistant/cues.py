"""Cue phrases: does a question ask about a state, does a sentence hedge, deny, or lean on another?

The lists are in data/cues/, a file for each language, for people to extend. This module knows words; it knows nothing
of retrieval or of answers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from assistant.data_files import data_folder
from assistant.letters import NAME_TOKEN, is_unspaced

__all__ = [
    "Denial",
    "asks_about_state",
    "asks_who_denies",
    "asks_why",
    "blames",
    "bounds",
    "contests",
    "denies",
    "find_denials",
    "find_fates",
    "find_hedge",
    "find_negations",
    "find_plan",
    "gives_reason",
    "is_general",
    "is_request",
    "knows_negations",
    "leans_on_context",
    "speaks_of_a_place",
    "tells_a_machine",
    "tells_cause",
    "tells_of_control",
    "tells_of_denial",
    "tells_of_responsibility",
]

_FATES = ("fate_killed", "fate_wounded", "fate_displaced", "fate_captured", "fate_missing", "fate_freed")
_HEAD_WORDS = 4
_PRONOUN_WORDS = 2
_MARKS = " \"'“”„«»()[]-–—•*\t\n"  # may stand around a sentence
_QUESTION_MARKS = ("?", "؟", "？")
_KASHIDA = "\u0640"  # stretches an Arabic word, and says nothing

_CLAUSE_END = re.compile(r"[,;:.!?،؛؟–—()](?!\d)|(?<!\w)(?:but|aber|sondern|jedoch|لكن|но|але|mais|pero|ama|اما)(?!\w)")
_DENYING_BACKWARDS = frozenset(
    {"de", "nl", "tr", "fa", "ur"}
)  # languages that put a negation after what it denies, too
_DENYING_IN_VERBS = frozenset({"tr", "fa"})  # languages that write it to the verb that it denies

_LETTER = re.compile(r"[\s\S][\u0300-\u036f\u064b-\u0655\u1160-\u11ff\u3099\u309a]*")  # with what is composed with it
_ACCENT = re.compile(r"[\u0300-\u036f]")


def asks_about_state(question: str) -> bool:
    """Whether the question asks how things stand ("who controls ..."), so that the newest report matters most.

    One that asks why they stand so asks for a reason, whenever it was given, and one for who denies it for a denial.
    """
    return _asks("state", question) and not asks_why(question) and not asks_who_denies(question)


def tells_of_control(sentence: str, language: str) -> bool:
    """Whether a sentence has a word by which it tells, in its language, who holds a place, took it or lost it."""
    return _own_pattern("control", language).search(_fold(sentence)) is not None


def speaks_of_a_place(sentence: str, language: str) -> bool:
    """Whether a sentence has, in its language, words for a place ("the town"), as where the one before names it."""
    return _own_pattern("place", language).search(_fold(sentence)) is not None


def tells_of_responsibility(text: str) -> bool:
    """Whether a text has words by which somebody claims an attack; a question with them asks who did, or whether."""
    return _pattern("responsibility").search(_fold(text)) is not None


def is_general(word: str, language: str) -> bool:
    """Whether a word of a question asks, in its language, for anything at all ("happened", "news") and so says nothing
    of a subject."""
    return _own_pattern("general", language).fullmatch(_fold(word)) is not None


def asks_why(question: str) -> bool:
    """Whether the question asks for a reason."""
    return _asks("why", question)


def gives_reason(sentence: str, language: str) -> bool:
    """Whether a sentence begins, in its language, as one that gives the reason for the one before it ("Denn ...")."""
    return _own_pattern("because", language).match(_fold(sentence)) is not None


def tells_cause(sentence: str, language: str) -> bool:
    """Whether a sentence has, in its language, a word that tells a reason, a cause or an aim ("because", "so that")."""
    return _own_pattern("cause", language).search(_fold(sentence)) is not None


def asks_who_denies(question: str) -> bool:
    """Whether the question asks for who denies something, or whether anybody does."""
    return _asks("asks_denial", question)


def tells_of_denial(sentence: str, language: str) -> bool:
    """Whether a sentence has a word by which it tells, in its language, that something is denied; not that nobody does
    ("neither confirmed nor denied")."""
    return bool(_but(sentence, "denial", "not_denial", language))


def contests(sentence: str, language: str) -> bool:
    """Whether a sentence that follows another has a word by which it may, in its language, deny or correct that one."""
    return tells_of_denial(sentence, language) or _pattern("contest", language).search(_fold(sentence)) is not None


def blames(sentence: str, language: str) -> bool:
    """Whether a sentence has a word by which it tells, in its language, that somebody blames somebody."""
    return _pattern("blame", language).search(_fold(sentence)) is not None


def find_plan(sentence: str, language: str) -> str | None:
    """The first words of a sentence by which, in its language, it tells what is planned, threatened or expected."""
    return next((sentence[start:end] for start, end in _found(sentence, _pattern("planned", language))), None)


def find_hedge(text: str) -> str | None:
    """The first words of `text` by which it calls itself unconfirmed, claimed or denied; None where there are none.

    The cues of all languages are looked for, because reports quote each other across languages.
    """
    return next((text[start:end] for start, end in _but(text, "hedge", "not_hedge")), None)


def find_negations(text: str, language: str) -> list[tuple[int, int]]:
    """Where `text` has the words by which its language denies: offsets, start inclusive, end exclusive."""
    return _but(text, "negation", "not_negation", language)


@dataclass(frozen=True, slots=True)
class Denial:
    """A negation, `text[start:end]`, and the parts of its clause that it may deny: `text[begin:before]`, which is empty
    in most languages, and `text[end:stop]`."""

    start: int
    end: int
    begin: int
    before: int
    stop: int

    REACH = 3
    """Content words of each part, the nearest, that it denies."""


def find_denials(text: str, language: str) -> Iterator[Denial]:
    """The negations of `text` with what they may deny: the words after them, in some languages those before as well."""
    ends = [match.start() for match in _CLAUSE_END.finditer(text)] + [len(text)]
    for start, end in find_negations(text, language):
        begin = max((stop for stop in ends if stop < start), default=0)
        stop = next(stop for stop in ends if stop >= end or stop == len(text))
        before = end if language in _DENYING_IN_VERBS else start
        yield Denial(start, end, begin, before if language in _DENYING_BACKWARDS else begin, stop)


def knows_negations(language: str) -> bool:
    """Whether the words by which a language denies are listed: of another one nobody can tell what it denies."""
    return language in _listed("negation")


def find_fates(text: str, language: str) -> list[tuple[int, int, str]]:
    """Where a text tells what befell people ("killed", "wounded"): start, end, and which of the lists tells it."""
    return [(start, end, kind) for kind in _FATES for start, end in _found(text, _pattern(kind, language))]


def bounds(text: str, language: str) -> tuple[bool, bool]:
    """Whether the words around a number say, in their language, that it is the least ("at least"), and that it is the
    most ("up to", "no more than")."""
    folded, most = _fold(text), _own_pattern("at_most", language)
    least = _own_pattern("at_least", language).search(most.sub(" ", folded))
    return least is not None, most.search(folded) is not None


def _but(text: str, kind: str, exception: str, language: str | None = None) -> list[tuple[int, int]]:
    """Where `text` has cues of one kind that are no part of an exception's."""
    found = list(_found(text, _pattern(kind, language)))
    idle = list(_found(text, _pattern(exception, language))) if found else []
    return [(start, end) for start, end in found if not any(start < last and first < end for first, last in idle)]


def _found(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    folded = _fold(text)
    if len(folded) == len(text) and _KASHIDA not in text and unicodedata.is_normalized("NFC", text):
        yield from (match.span() for match in pattern.finditer(folded))
        return
    # Folding changes lengths (ß, decomposed letters), so each folded character remembers its place in the text.
    letters = [(letter.start(), _fold(letter.group())) for letter in _LETTER.finditer(text)]
    places = [start for start, folded in letters for _ in folded] + [len(text)]
    for match in pattern.finditer("".join(folded for _, folded in letters)):
        yield places[match.start()], places[match.end()]


def tells_a_machine(sentence: str) -> bool:
    """Whether a sentence tells whoever writes an answer how to write it ("add ... to your reply")."""
    return _pattern("machine").search(_fold(sentence)) is not None


def is_request(sentence: str) -> bool:
    """Whether a sentence only asks its reader for something ("Explain ...", "Who holds it?"), and tells nothing, as
    "Please note that the bridge is closed" does."""
    said = sentence.strip(_MARKS)
    if said.endswith(_QUESTION_MARKS):
        return True
    asks, tells = (_pattern(kind).match(_fold(said)) is not None for kind in ("request", "not_request"))
    return asks and not tells


def denies(text: str, language: str) -> bool:
    """Whether a text denies something, or says that it is not so."""
    return bool(find_negations(text, language))


def leans_on_context(sentence: str, language: str) -> bool:
    """Whether the first words of a sentence refer, in its language, to the one before it ("Both governments thereby").

    A language without a list has no such words here: those of others are other words in it.
    """
    return any(
        _pattern(kind, language).search(_fold(_head(sentence, words))) is not None
        for kind, words in (("leaning", _HEAD_WORDS), ("pronoun", _PRONOUN_WORDS))
    )


def _head(sentence: str, words: int) -> str:
    """The first words of a sentence; where no space ends a word, twice as many letters."""
    number = 2 * words if is_unspaced(sentence.lstrip(_MARKS)) else words
    ends = [word.end() for word in islice(NAME_TOKEN.finditer(sentence), number)]
    return sentence[: ends[-1]] if ends else ""


def _fold(text: str) -> str:
    """In small letters; where an İ tells that the text is Turkish, I is the capital of ı."""
    composed = unicodedata.normalize("NFC", text)
    turkish = composed.replace("I", "ı").replace("İ", "i") if "İ" in composed else composed
    return turkish.casefold().replace(_KASHIDA, "")


def _asks(kind: str, question: str) -> bool:
    """Whether a question has a cue of this kind; one that has no accents at all has it without them, as it was typed
    ("quien controla")."""
    folded = _fold(question)
    if _pattern(kind).search(folded) is not None:
        return True
    return folded == _without_accents(folded) and _pattern(kind, plain=True).search(folded) is not None


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", text))).replace("ı", "i")


def _own_pattern(kind: str, language: str) -> re.Pattern[str]:
    """That of a language; where it has no list, that of all."""
    return _pattern(kind, language if language in _listed(kind) else None)


def _listed(kind: str) -> Mapping[str, Sequence[str]]:
    """The cues of a kind, by language."""
    return {language: lists[kind] for language, lists in data_folder("cues").items() if kind in lists}


@cache
def _pattern(kind: str, language: str | None = None, *, plain: bool = False) -> re.Pattern[str]:
    """Any cue of a kind; with `plain`, those that have accents, without them."""
    cues = [
        (_without_accents(_fold(cue)) if plain else _fold(cue), own)
        for own, listed in _listed(kind).items()
        for cue in listed
        if (language is None or own == language) and not (plain and _without_accents(_fold(cue)) == _fold(cue))
    ]
    # Longest first, so that the fullest cue is shown.
    parts = [_expression(cue, own) for cue, own in sorted(cues, key=lambda one: len(one[0]), reverse=True)]
    spaced, unspaced = ([part for part, is_spaced in parts if is_spaced is wanted] for wanted in (True, False))
    return re.compile("|".join([rf"(?<!\w)(?:{_by_letter(spaced)})", *([_by_letter(unspaced)] if unspaced else [])]))


def _by_letter(parts: Iterable[str]) -> str:
    """The alternatives by their first letters: of thousands, a few are tried at each place of a text."""
    rest: dict[str, list[str]] = {}
    for part in parts:
        head = part[0] if part[0].isalpha() else ""
        rest.setdefault(head, []).append(part[len(head) :])
    return "|".join(rf"{head}(?:{'|'.join(ends)})" for head, ends in rest.items()) or "(?!)"


def _expression(cue: str, language: str) -> tuple[str, bool]:
    """A cue as a regular expression, and whether it is of whole words: in scripts without spaces it is found anywhere.

    `*` in a word lets it go on, or begin, otherwise; between spaces it is a word, or up to three.
    """
    spaced = not is_unspaced(cue[:1])
    words = r"\ \w+(?:[\ -]\w+){0,2}\ " if spaced else r"\w{1,8}?"
    found = re.escape(cue).replace(r"\ \*\ ", words).replace(r"\*", r"\w*")
    before = "[وف]?" if language == "ar" else ""  # "and" and "so" are written to the word
    return before + found + (r"(?!\w)" if spaced else ""), spaced
