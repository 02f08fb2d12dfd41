"""A conversation as HTML: its turns in the transcript, and the column of their sources."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.ui.pieces import escape, say, speaking

__all__ = ["sources_column_html", "transcript_html", "turn_html"]

LONG = 300  # characters of a question from which on it scrolls in a few lines


def turn_html(
    question: str, answer: str, turn: int, limits: str = "", understood: str = "", parts: str = "", feedback: str = ""
) -> str:
    """A question, what it was limited to (`limits_text`) and taken for (`understood_text`), and what came of it.

    `answer`, `parts` (`parts_html`) and `feedback` (`feedback_html`) are HTML already.
    """
    limited = f'<p class="limits" dir="auto">{escape(limits)}</p>' if limits else ""
    taken = f'<p class="understood" dir="auto">{escape(understood)}</p>' if understood else ""
    long = ' tabindex="0"' if len(question) > LONG else ""  # what scrolls has to be reached by the keyboard
    asked = f'<h2 class="question" dir="auto"{long}>{escape(question)}</h2>{limited}{taken}{parts}'
    return f'<section class="turn" id="t{turn}">{asked}{answer}{feedback}</section>'


def transcript_html(turns: Sequence[str], language: str, conversation: str = "") -> str:
    """All turns, oldest first; before the first one, what to do here. `language` is that of the page, and
    `conversation` the id of the conversation, where it is kept.

    It is no live region: Gradio draws all of it anew each time. house.js tells what is new.
    """
    greeting = f"<b>{say(language, 'welcome_title')}</b> {say(language, 'welcome')}"
    inside = "".join(turns) or f'<p class="welcome" {speaking(language)}>{greeting}</p>'
    name = say(language, "conversation")
    kept = f' data-conversation="{escape(conversation)}"' if conversation else ""
    return f'<div class="transcript" role="region" aria-label="{name}"{kept}>{inside}</div>'


def sources_column_html(turns: Sequence[tuple[str, str]], language: str) -> str:
    """The cards of all turns, newest on top and the others folded, as pairs of question and `sources_html`."""
    shown = [(question, cards) for question, cards in reversed(turns) if cards]
    if not shown:
        return f'<p class="empty" {speaking(language)}>{say(language, "sources_empty")}</p>'
    older = "".join(
        f'<details class="older"><summary dir="auto">{escape(question)}</summary>{cards}</details>'
        for question, cards in shown[1:]
    )
    return f'<div class="all-sources">{shown[0][1]}{older}</div>'
