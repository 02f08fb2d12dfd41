"""Measures how often a question or a sentence is taken for what it says: who holds, denies, claims, hedges, and so on.

python scripts/measure_phrases.py [LANGUAGE ...]

tests/data/phrases has about a hundred questions and sentences in each language, with what they say ("control") or what
they only seem to say ("not_control"), by people who had seen no list of phrases (assistant/data/cues).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.cues import (
    asks_about_state,
    asks_who_denies,
    asks_why,
    blames,
    find_fates,
    find_hedge,
    find_plan,
    tells_cause,
    tells_of_control,
    tells_of_denial,
    tells_of_responsibility,
)

__all__ = ["Said", "measure"]

_FOLDER = Path(__file__).parents[1] / "tests" / "data" / "phrases"
_NOT = "not_"
_FATES = ("killed", "wounded", "displaced", "captured", "missing", "freed")


@dataclass(frozen=True, slots=True)
class Said:
    """A question or a sentence, what it says or (`not_...`) does not say, and whether it is taken for that."""

    language: str
    kind: str
    text: str
    right: bool


def measure(languages: list[str] | None = None) -> Iterator[Said]:
    """All of these languages, or of all that there are."""
    for file in sorted(_FOLDER.glob("*.jsonl")):
        if not languages or file.stem in languages:
            for line in file.read_text("utf-8").splitlines():
                row = json.loads(line)
                kind, text = row["kind"], row["text"]
                told = _TELLS[kind.removeprefix(_NOT)](text, file.stem)
                yield Said(file.stem, kind, text, told is not kind.startswith(_NOT))


def _of_fate(text: str, language: str, *, fate: str) -> bool:
    return any(kind == f"fate_{fate}" for _, _, kind in find_fates(text, language))


_TELLS: dict[str, Callable[[str, str], bool]] = {
    "state": lambda text, _: asks_about_state(text),
    "asks_denial": lambda text, _: asks_who_denies(text),
    "asks_responsibility": lambda text, _: tells_of_responsibility(text),
    "asks_why": lambda text, _: asks_why(text),
    "control": tells_of_control,
    "hedge": lambda text, _: find_hedge(text) is not None,
    "denial": tells_of_denial,
    "responsibility": lambda text, _: tells_of_responsibility(text),
    "blame": blames,
    "planned": lambda text, language: find_plan(text, language) is not None,
    "cause": tells_cause,
    **{fate: partial(_of_fate, fate=fate) for fate in _FATES},
}


def main() -> None:
    """Print a line for each language and for each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("languages", nargs="*")
    said = list(measure(parser.parse_args().languages))
    for names in (dict.fromkeys(one.language for one in said), dict.fromkeys(one.kind for one in said)):
        for name in names:
            own = [one.right for one in said if name in {one.language, one.kind}]
            print(f"{name}: {sum(own)} of {len(own)}")
    says, says_not = ([one.right for one in said if one.kind.startswith(_NOT) is other] for other in (False, True))
    print(
        f"what is said is told: {sum(says)} of {len(says)}; what is not said is not: {sum(says_not)} of {len(says_not)}"
    )


if __name__ == "__main__":
    main()
