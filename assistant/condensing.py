"""Has a language model rewrite a follow-up so that it stands alone, and checks that it made nothing up.

The rules of followups.py are the default and the fallback: what the model writes counts only if it is made of the words
of the conversation's questions, names, times and numbers above all, and has lost none of the question's own. This
module knows questions; it knows nothing of reports or answers, and the model is told nothing of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from assistant.cues import find_negations, knows_negations
from assistant.errors import LLMError
from assistant.gazetteer import Gazetteer
from assistant.letters import NAME_TOKEN, fold
from assistant.llm import LanguageModel
from assistant.patience import Patience
from assistant.question_parts import Parts, asks, take_apart
from assistant.templates import load_prompt
from assistant.turns import Carried, Understood, Wish

__all__ = ["condense"]

_EARLIER = 5  # questions that the model is shown
_LONGEST = 400  # characters of a rewritten question
_QUOTES = "\"'“”„«»‘’ "
_STEM = 4  # letters by which a word is known whatever its ending
_CONTRACTED = {r"\bcan(?:['’]t|not)\b": "can not", r"\bwon['’]t\b": "will not", r"(?<=\w)n['’]t\b": " not"}
_NUMBER = re.compile(r"\d+")


def condense(
    model: LanguageModel,
    patience: Patience,
    question: str,
    earlier: Sequence[str],
    gazetteer: Gazetteer | None,
    today: dt.date,
) -> Understood | None:
    """The question as the model rewrote it, after these earlier ones, which stand alone, oldest first.

    None where there are none, where the model fails, or where what it wrote cannot be trusted; the rules then decide.
    """
    if not earlier:
        return None
    shown = [" ".join(one.split()) for one in earlier[-_EARLIER:]]
    request = load_prompt("condense_question").fill(earlier="\n".join(shown), question=" ".join(question.split()))
    rules = load_prompt("condense_rules").fill()
    try:
        written = _first_line(patience.stream(lambda: model.stream(rules, request)))
    except LLMError:
        return None
    if not written or len(written) > _LONGEST:
        return None
    own = take_apart(_in_full(question), gazetteer, today)
    before = [take_apart(_in_full(one), gazetteer, today) for one in shown]
    found = take_apart(_in_full(written), gazetteer, today, own.language if len(own.rest) > 3 else None)
    if not (_holds(found, [own, *before]) and _holds(own, [found]) and _asks_the_same(own, found)):
        return None
    if not _denies_the_same(found, own, before):
        return None
    carried = tuple(
        Carried(phrase.kind, found.words(phrase)) for phrase in found.phrases if not _has(own, found.words(phrase))
    )
    return Understood(written, written, Wish.ANSWER, carried, own.language)


def _in_full(text: str) -> str:
    """A text whose English negations are words of their own: "didn't" denies as "did not" does."""
    for contracted, full in _CONTRACTED.items():
        text = re.sub(contracted, full, text, flags=re.IGNORECASE)
    return text


def _first_line(pieces: Iterator[str]) -> str:
    """The first line with something in it; what a talkative model goes on to say is not waited for."""
    written = ""
    for piece in pieces:
        written = (written + piece).lstrip()
        if "\n" in written or len(written) > _LONGEST:
            break
    return written.partition("\n")[0].strip().strip(_QUOTES)


def _holds(part: Parts, whole: Sequence[Parts]) -> bool:
    """Whether all names, times and numbers of a question are in the others, and all else that it is about, inflected
    or not."""
    words = {fold(word) for one in whole for word in NAME_TOKEN.findall(one.text)}
    if not all(any(_alike(fold(word), other) for other in words) for word in part.subject):
        return False
    numbers = {number for one in whole for number in _NUMBER.findall(one.text)}
    named = [word for phrase in part.phrases for word in NAME_TOKEN.findall(part.words(phrase))]
    capitals = [word for word in NAME_TOKEN.findall(part.text)[1:] if word != word.lower() and part.language != "de"]
    return all(fold(word) in words for word in (*named, *capitals)) and numbers.issuperset(_NUMBER.findall(part.text))


def _denies_the_same(found: Parts, own: Parts, before: Sequence[Parts]) -> bool:
    """Whether it has the negations of the question; where that has none, those of the one before, which it goes on, or
    none where it is a whole question: "Who carried it out?", after who denied it.

    What is denied in a language without a list of negations nobody can tell, so no rewrite counts there.
    """
    if not all(knows_negations(part.language) for part in (found, own)):
        return False
    denied = _negations(found)
    return denied == (_negations(own) or _negations(before[-1])) or (
        denied == _negations(own) and asks(own.text, own.language)
    )


def _negations(part: Parts) -> list[str]:
    return sorted(fold(part.text[start:end]) for start, end in find_negations(part.text, part.language))


def _asks_the_same(own: Parts, found: Parts) -> bool:
    """Whether it is a question, and has the question's own question word at its head, if there is one."""
    if asks(own.text, own.language):
        return fold(NAME_TOKEN.findall(own.text)[0]) in {fold(word) for word in NAME_TOKEN.findall(found.text)[:3]}
    return asks(found.text, found.language) or found.text.endswith(("?", "؟"))


def _alike(word: str, other: str) -> bool:
    return word[:_STEM] == other[:_STEM] or (min(len(word), len(other)) >= _STEM and (word in other or other in word))


def _has(part: Parts, words: str) -> bool:
    return words.casefold() in part.text.casefold()
