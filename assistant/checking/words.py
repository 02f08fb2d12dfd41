"""Finds what a statement may only repeat: addresses, and words in quotation marks. Knows text alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.letters import fold

__all__ = ["has_quotes", "missing_addresses", "missing_quotes"]

_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)[^\s<>\"'”»)\]]+"  # of the web
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # of mail
    r"|(?<![\w@])@\w{2,}"  # handles
    # Names of hosts, under whatever they end in; "town.The", "9.november", "z.B." and "a.m." are none.
    r"|(?<![\w@.-])(?!\d+\.)(?:[\w-]+\.)+(?:(?-i:[a-z]{2,})|com|org|net|info|gov|edu)\b(?:/[^\s<>\"'”»)\]]*)?",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|»([^«»]+)«|‚([^‚‘’]+)[‘’]|\"([^\"]+)\"|‘([^‘’]{4,})’(?!\w)"
    r"|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w)){4,})'(?!\w)"  # "the rebels' camp" is none
)
_LEFT_OUT = re.compile(r"\[?\(?(?:\.\.\.|…)\)?\]?")
_WORD = re.compile(r"[^\W_]+")


def missing_addresses(statement: str, quotes: Sequence[str]) -> Iterator[str]:
    """The addresses of the statement (web, mail, handles) that no cited sentence has."""
    told = {_bare(found.group()) for quote in quotes for found in _ADDRESS.finditer(quote)}
    for found in _ADDRESS.finditer(statement):
        if _bare(found.group()) not in told:
            yield found.group().rstrip(".,;:!?")


def missing_quotes(statement: str, quotes: Sequence[str]) -> Iterator[str]:
    """The words in quotation marks that no cited sentence has in this order; case, marks and points do not count."""
    told = [f" {_words(quote)} " for quote in quotes]
    for found in _QUOTED.finditer(statement):
        words = next(group for group in found.groups() if group is not None)
        if not any(_stands_in(words, quote) for quote in told):
            yield words


def _stands_in(words: str, quote: str) -> bool:
    """Whether the words stand there, or, where some are left out ("[...]"), their parts in this order."""
    at = 0
    for part in _LEFT_OUT.split(words):
        found = quote.find(f" {_words(part)} ", at)
        if _WORD.search(part) and found < 0:
            return False
        at = max(found, at)
    return True


def has_quotes(text: str) -> bool:
    """Whether something stands in quotation marks; what a statement in another language quotes may translate it."""
    return _QUOTED.search(text) is not None


def _bare(address: str) -> str:
    return address.casefold().rstrip(".,;:!?/")


def _words(text: str) -> str:
    return " ".join(fold(word) for word in _WORD.findall(text))
