"""What somebody says of an answer as HTML: a row of buttons under it, and the dialog for a note.

feedback.js acts on them. This module knows verdicts and their words; it knows nothing of where they are kept.
"""

from __future__ import annotations

from urllib.parse import quote

from assistant.turns import MAX_NOTE, Feedback, Verdict
from assistant.ui.pieces import escape, say, speaking

__all__ = ["feedback_html", "note_html"]


def feedback_html(
    conversation: str, number: int, said: Feedback | None, *, cited: bool, writable: bool, language: str
) -> str:
    """The row of a turn that is kept: what was said of its answer and, if `writable`, what can be said of it.

    `number` is that of the turn in its conversation. `cited` is whether the answer has sources, so that one may be
    wrong. `language` is that of the page.
    """
    note = f'<p class="said" dir="auto">{escape(said.note)}</p>' if said is not None and said.note else ""
    if not writable:
        if said is None:
            return ""
        verdict = f"<b>{say(language, f'verdict_{said.verdict.value}')}</b>"
        return f'<div class="feedback" {speaking(language)}>{say(language, "feedback")} {verdict}{note}</div>'
    known = said.verdict if said is not None else None
    offered = [verdict for verdict in Verdict if cited or verdict is not Verdict.WRONG_SOURCE or verdict is known]
    buttons = "".join(_button(verdict, known, language) for verdict in offered)
    if said is not None:
        word = "change_note" if said.note else "add_note"
        buttons += f'<button type="button" class="note" data-act="note">{say(language, word)}</button>'
    asked = f'<span aria-hidden="true">{say(language, "feedback")}</span>'
    at = escape(f"/conversations/{quote(conversation, safe='')}/turns/{number}/feedback")
    return (
        f'<div class="feedback" {speaking(language)} role="group" aria-label="{say(language, "feedback")}" '
        f'data-at="{at}">{asked}{buttons}{note}<p class="status" role="status"></p></div>'
    )


def _button(verdict: Verdict, known: Verdict | None, language: str) -> str:
    pressed = "true" if verdict is known else "false"
    word = say(language, f"verdict_{verdict.value}")
    return f'<button type="button" data-verdict="{verdict.value}" aria-pressed="{pressed}">{word}</button>'


def note_html(language: str) -> str:
    """The dialog in which a note is written, for all answers of the page."""
    acts = "".join(
        f'<button type="button" value="{value}">{say(language, word)}</button>'
        for value, word in (("save", "save_note"), ("back", "take_back"), ("no", "cancel"))
    )
    return (
        f'<dialog class="confirm feedback-note" {speaking(language)}><label>{say(language, "note_on_answer")}'
        f'<textarea rows="4" maxlength="{MAX_NOTE}" dir="auto"></textarea></label><div>{acts}</div></dialog>'
    )
