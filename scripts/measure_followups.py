"""How many questions that stand alone are taken for follow-ups, and how many follow-ups are resolved right.

python scripts/measure_followups.py ../shared/eval
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.followups import resolve
from assistant.gazetteer import Gazetteer, open_gazetteer
from assistant.query import understand
from assistant.settings import Settings
from assistant.turns import Wish

_OWN = Path(__file__).parents[1] / "tests" / "data"
_SAMPLES = Path(__file__).parents[1] / "examples" / "questions.jsonl"
_TODAY = dt.date(2018, 1, 15)


def main() -> None:
    """Print the share of each set, and what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the evaluation data: xquad/, tydiqa/, mlqa-de/")
    gazetteer = open_gazetteer(Settings.from_environment().cache)
    for name, questions in _standing_alone(parser.parse_args().folder):
        chance = random.Random(1)  # noqa: S311  # it chooses which question comes before
        taken = []
        for question in questions:
            found = resolve(question, chance.choice(questions), gazetteer, _TODAY)
            if found.question.strip() != question.strip() or found.wish is not Wish.ANSWER:
                taken.append(f"  {question} -> {found.question}")
        print(f"{name}: {len(taken)} of {len(questions)} taken for follow-ups", *taken, sep="\n")
    right, of = Counter[str](), Counter[str]()
    for line in (_OWN / "followup_questions.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        of[case["language"]] += 1
        right[case["language"]] += _is_right(case, gazetteer)
    print({language: f"{right[language]} of {of[language]}" for language in of}, "resolved right")


def _standing_alone(folder: Path) -> Iterator[tuple[str, list[str]]]:
    squads = [*sorted(folder.glob("xquad/xquad.??.json")), *sorted(folder.glob("tydiqa/*.json"))]
    for path in squads:
        if path.stem.split(".")[-1] in {"en", "de", "ar", "ru"} or path.parent.name == "tydiqa":
            data = json.loads(path.read_text("utf-8"))["data"]
            yield path.stem, [q["question"] for a in data for p in a["paragraphs"] for q in p["qas"]]
    for path in [*sorted(folder.glob("mlqa-de/*.jsonl")), *sorted(_OWN.glob("[nt]*_questions.jsonl")), _SAMPLES]:
        yield path.stem, [json.loads(line)["question"] for line in path.read_text("utf-8").splitlines()]


def _is_right(case: dict[str, Any], gazetteer: Gazetteer) -> bool:
    topic = None
    for earlier in case["conversation"]:
        topic = resolve(earlier, topic, gazetteer, _TODAY).topic
    found = resolve(case["question"], topic, gazetteer, _TODAY)
    asked = found.question.casefold()
    windows = [[str(w.since), str(w.until)] for w in understand(found.question, gazetteer, _TODAY).windows]
    return bool(
        found.wish == case["wish"]
        and (not case["alone"] or found.question == case["question"])
        and all(name.casefold() in asked for name in case["names"])
        and not any(name.casefold() in asked for name in case["not_names"])
        and all(window in windows for window in case["windows"])
    )


if __name__ == "__main__":
    main()
