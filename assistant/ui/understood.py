"""How a question was understood, as HTML: its places, groups and times, and what came from the question before.

Each part has a button that asks again without it; the page sends what the button holds.
"""

from __future__ import annotations

from assistant.dates import PartialDate
from assistant.records import QuestionPart
from assistant.turns import CarriedKind, Turn, Wish
from assistant.ui.labels import label
from assistant.ui.pieces import bdi, escape, say, speaking
from assistant.wording import load_wording

__all__ = ["parts_html"]


def parts_html(turn: Turn) -> str:
    """What the question was understood to ask about, each removable by a click; empty where nothing was told."""
    language, understood = turn.answer.language, turn.understood
    chips = [_chip(part, turn) for part in turn.answer.parts]
    if understood.wish is Wish.ANSWER:
        carried = [item.text for item in understood.carried if item.kind is CarriedKind.SUBJECT and item.text]
        chips += [_chip_html("subject", text, "", turn.question, True, language) for text in carried]
    if not chips:
        return ""
    name = say(language, "understood_as")
    return f'<ul class="parts" aria-label="{name}" {speaking(language)}>{"".join(chips)}</ul>'


def _chip(part: QuestionPart, turn: Turn) -> str:
    language = turn.answer.language
    # What is not in the question as it was asked came from one before.
    carried = bool(turn.understood.carried) and part.text.casefold() not in turn.question.casefold()
    return _chip_html(part.kind, part.text, _days(part, language), part.without, carried, language)


def _chip_html(kind: str, text: str, days: str, without: str | None, carried: bool, language: str) -> str:
    lead = f'<span class="carried">{say(language, "carried")}</span> ' if carried else ""
    meant = f" = {escape(days)}" if days and days.casefold() not in text.casefold() else ""
    drop = ""
    if without is not None:
        told = say(language, "ask_without", part=text)
        drop = (
            f'<button type="button" class="drop" data-ask="{escape(without)}" aria-label="{told}" title="{told}">'
            "×</button>"
        )
    return f'<li class="chip">{lead}{say(language, f"part_{kind}")}: <b>{bdi(text)}</b>{meant}{drop}</li>'


def _days(part: QuestionPart, language: str) -> str:
    """The days that a time means, as people write them; empty for what is none."""
    date = load_wording(language).date
    if part.since is not None and part.until is not None:
        return date(PartialDate.span(part.since, part.until))
    if part.since is not None:
        return label(language, "from_day", date=date(PartialDate.of(part.since)))
    return label(language, "until_day", date=date(PartialDate.of(part.until))) if part.until is not None else ""
