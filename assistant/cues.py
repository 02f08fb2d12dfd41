"""Cue phrases: does a question ask about a state, does a sentence hedge?

The lists are in data/cues.toml, for people to extend. This module knows words; it knows nothing of retrieval or
of answers.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources

__all__ = ["asks_about_state", "find_hedge"]


def asks_about_state(question: str) -> bool:
    """Whether the question asks how things stand ("who controls ..."), so that the newest report matters most."""
    return _pattern("state").search(_fold(question)) is not None


def find_hedge(text: str) -> str | None:
    """The first words of `text` by which it calls itself unconfirmed, claimed or denied; None where there are none.

    The cues of all languages are looked for, because reports quote each other across languages.
    """
    folded = _fold(text)
    match = _pattern("hedge").search(folded)
    if match is None:
        return None
    # Folding keeps the length only where it can; else the cue is shown as the list has it.
    return text[match.start() : match.end()] if len(folded) == len(text) else match.group()


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("\u0640", "")


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    data = tomllib.loads(resources.files("assistant").joinpath("data/cues.toml").read_text("utf-8"))
    cues = [_fold(cue) for cues in data[kind].values() for cue in cues]
    # Longest first, so that the fullest cue is shown. A cue starts at a word; `*` at its end lets the word go on.
    parts = [
        re.escape(cue.rstrip("*")) + (r"\w*" if cue.endswith("*") else r"(?!\w)")
        for cue in sorted(cues, key=len, reverse=True)
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")")
