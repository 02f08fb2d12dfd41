"""Reads what a language model writes, while it arrives: its citation keys, what of it can be shown, its statements.

    reader = DraftReader(["k7f", "m3d"])
    reader.feed("The army holds it [k")  # -> "The army holds it"
    reader.feed("7f]. It left")          # -> " [1]. It left"
    reader.feed(" the hills [m3d].")     # -> " the hills [2]."
    reader.settled                       # -> [Drafted("The army holds it.", ("k7f",))]
    reader.statements()                  # -> [..., Drafted("It left the hills.", ("m3d",))]

How the text is cut into pieces changes nothing. This module knows keys and text; it knows nothing of reports, models or
of whether a statement is true.
"""

from __future__ import annotations

import re
import secrets
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.sentences import split_sentences

__all__ = ["DraftReader", "Drafted", "draw_keys", "is_whole"]

# A key is no word, no number of a list and no abbreviation, in any language: a consonant, a digit, a consonant, none of
# them like another.
_LETTERS = "bcdfghjkmnpqrstvwxz"
_DIGITS = "23456789"
_KEY = re.compile(rf"\b[{_LETTERS}][{_DIGITS}][{_LETTERS}]\b")

_GROUP = re.compile(r"[ \t]*[\[【]([^\[\]【】\n]{0,80})[\]】]")
_GROUP_BEGINS = re.compile(r"[ \t]*(?:[\[【][^\[\]【】\n]{0,80})?\Z")
_NUMBERS = re.compile(r"[\s\d,;–-]*")
_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"  # by which models that think aloud begin
_ADDRESS = re.compile(r"(?:\b(?:https?:|www\.)|(?<=\w)@(?=\w)|(?<=[\w-])\.(?=[a-z]{2}))\S*")
_ADDRESS_BEGINS = re.compile(r"(?:\b(?:h|ht|htt|https?|w{1,3})|(?<=\w)@|(?<=[\w-])\.[a-z]?)\Z")
# Control characters, and those that turn the direction of what follows: nothing that a reader could see.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]")

_BULLET = re.compile(r"\s*(?:(?:[-*•–]|\d{1,2}[.)]|#+)(?:\s+|$))?")
_EMPHASIS = re.compile(r"\*\*|__|`+")
_ENDS = re.compile(r"[.!?…。！？؟।۔][\"'”’»“)\]]*$")


_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Drafted:
    """One statement of a draft, the keys of the sentences that it cites, and the keys that are none."""

    text: str
    keys: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """A citation at `text[:at]`."""

    at: int
    known: tuple[str, ...]
    unknown: tuple[str, ...]


def draw_keys(count: int, without: str = "") -> list[str]:
    """So many keys that nobody can guess, none of which the text `without` has. At most some 2,000."""
    free = [a + d + b for a in _LETTERS for d in _DIGITS for b in _LETTERS if a != b and a + d + b not in without]
    return secrets.SystemRandom().sample(free, count)


def is_whole(statement: Drafted) -> bool:
    """Whether a statement was written to its end: it ends as sentences do, or with its citation."""
    return bool(statement.keys or _ENDS.search(statement.text))


class DraftReader:
    """Reads one draft whose citations may be these keys, and cuts it by the sentence rules of this language.

    `refused` says whether the key `nothing` is the first of them: the model says that there is nothing to cite.
    `settled` are the statements that nothing that is still to come changes: those before one that has a citation.
    """

    def __init__(self, keys: Collection[str], nothing: str = "", language: str = "en") -> None:
        self.refused = False
        self.settled: list[Drafted] = []
        self._language = language
        self._keys = frozenset(keys)
        self._nothing = nothing
        self._numbers: dict[str, int] = {}  # of the keys, in the order in which they are cited
        self._thinking: bool | None = None  # None: it may be about to
        self._pending = ""
        self._unshown = ""
        self._before = ""
        self._in_address = False
        self._text = ""
        self._marks: list[_Mark] = []
        self._open = 0  # where in the text what is not settled begins; the marks are those of it

    def feed(self, piece: str) -> str:
        """What can be shown now: keys as numbers, unknown keys and addresses left out."""
        self._pending += piece
        return self._advance(last=False)

    def close(self) -> str:
        """What could still be shown when nothing more comes."""
        return self._advance(last=True)

    @property
    def length(self) -> int:
        """How many characters have been read."""
        return len(self._text) + len(self._pending)

    # -- while it arrives

    def _advance(self, *, last: bool) -> str:
        if not self._past_thoughts(last=last):
            return ""
        shown = ""
        at = 0
        while at < len(self._pending):
            group = _GROUP.match(self._pending, at)
            if group:
                shown += self._cite(group)
                at = group.end()
            elif not last and _GROUP_BEGINS.match(self._pending, at):
                break
            else:
                shown += self._say(self._pending[at])
                at += 1
        self._pending = self._pending[at:]
        return self._without_addresses(shown, last=last)

    def _past_thoughts(self, *, last: bool) -> bool:
        if self._thinking is None:
            begun = self._pending.lstrip()
            if begun.startswith(_THOUGHT):
                self._thinking = True
            elif not last and _THOUGHT.startswith(begun):
                return False
            else:
                self._thinking = False
        if self._thinking:
            _, ended, rest = self._pending.partition(_THOUGHT_ENDS)
            if not ended:
                return False
            self._pending, self._thinking = rest, False
        return True

    def _say(self, character: str) -> str:
        if _INVISIBLE.match(character):
            return ""
        self._text += character
        return character

    def _cite(self, group: re.Match[str]) -> str:
        found = _KEY.findall(group[1].casefold())
        if not found and not _NUMBERS.fullmatch(group[1]):
            return "".join(self._say(character) for character in group[0])
        known = tuple(dict.fromkeys(key for key in found if key in self._keys))
        self.refused = self.refused or (self._nothing in found[:1] and not self._numbers)
        unknown = tuple(dict.fromkeys(key for key in found if key not in {*self._keys, self._nothing})) or (
            (group[1].strip(),) if not found and group[1].strip() else ()
        )
        self._text = self._text.rstrip(" \t")
        self._marks.append(_Mark(len(self._text), known, unknown))
        self._settle()
        numbers = [self._numbers.setdefault(key, len(self._numbers) + 1) for key in known]
        return "".join(f" [{number}]" for number in numbers)

    def _without_addresses(self, text: str, *, last: bool) -> str:
        self._unshown += text
        shown = ""
        while self._unshown:
            if self._in_address:
                end = _SPACE.search(self._unshown)
                self._unshown = self._unshown[end.start() :] if end else ""
                self._in_address = end is None
                continue
            said = self._before + self._unshown  # a pattern looks at the character before
            at = len(self._before)
            address = _ADDRESS.search(said, at)
            may_be = None if address or last else _ADDRESS_BEGINS.search(said, at)
            found = address or may_be
            until = found.start() if found else len(said)
            shown += said[at:until] + ("…" if address else "")
            self._before, self._unshown = said[until - 1 : until], said[until:]
            self._in_address = address is not None
            if not address:
                break
        return shown

    # -- its statements

    def statements(self) -> list[Drafted]:
        """What was written so far, cut into statements: the settled ones, and what is after them.

        A citation belongs to the sentence before it, or, at the head of a line, to the one that follows.
        """
        spans = self._spans()
        cited = self._cited(spans)
        return [*self.settled, *self._drafted(spans, cited)]

    def _settle(self) -> None:
        """The last sentence so far has a citation: where those before it are cut stays as it is from now on."""
        spans = self._spans()
        if len(spans) > 1:
            cited = self._cited(spans)
            self.settled += self._drafted(spans[:-1], cited[:-1])
            self._open, self._marks = spans[-1][0], cited[-1]

    def _spans(self) -> list[tuple[int, int]]:
        """Where the sentences are that are not settled."""
        spans: list[tuple[int, int]] = []
        at = self._open
        for line in self._text[at:].splitlines(keepends=True):
            head = _BULLET.match(line) if at == 0 or self._text[at - 1] == "\n" else None
            begin = head.end() if head else 0
            found = split_sentences("", line[begin:], self._language)
            spans += [(at + begin + sentence.start, at + begin + sentence.end) for sentence in found]
            at += len(line)
        return spans

    def _cited(self, spans: Sequence[tuple[int, int]]) -> list[list[_Mark]]:
        """For each of the sentences its citations."""
        cited: list[list[_Mark]] = [[] for _ in spans]
        for mark in self._marks if spans else ():
            cited[self._place(mark.at, spans)].append(mark)
        return cited

    def _drafted(self, spans: Sequence[tuple[int, int]], cited: Sequence[Sequence[_Mark]]) -> list[Drafted]:
        drafted = [
            Drafted(
                " ".join(_EMPHASIS.sub("", self._text[start:end]).split()),
                tuple(dict.fromkeys(key for mark in marks for key in mark.known)),
                tuple(dict.fromkeys(key for mark in marks for key in mark.unknown)),
            )
            for (start, end), marks in zip(spans, cited, strict=True)
        ]
        return [statement for statement in drafted if any(character.isalnum() for character in statement.text)]

    def _place(self, at: int, spans: Sequence[tuple[int, int]]) -> int:
        """Which of the statements a citation at this place of the text belongs to."""
        before = max(bisect_left(spans, (at, at)) - 1, 0)
        line = self._text.rfind("\n", 0, at) + 1
        following = next((place for place, (start, _) in enumerate(spans) if start >= at), None)
        if following is None or any(character.isalnum() for character in _BULLET.sub("", self._text[line:at], count=1)):
            return before
        ends = self._text.find("\n", at)
        return following if ends < 0 or spans[following][0] < ends else before
