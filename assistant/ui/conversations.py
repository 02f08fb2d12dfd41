"""The kept conversations as HTML: a list of them, the newest first, each with what can be done to it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from babel.dates import format_datetime

from assistant.store import ConversationSummary
from assistant.ui.pieces import confirm_html, escape, say, speaking
from assistant.wording import isolated

__all__ = ["conversations_html"]


def conversations_html(found: Iterable[ConversationSummary], *, kept: bool, judged: bool, language: str) -> str:
    """The list; without `kept` it says that nothing is kept. `language` is that of the page. `judged` is whether
    something was said of an answer, so that there is something to save.

    A title is a link to its conversation (`?c=ID`). Renaming and deleting are buttons, for library.js to act on.
    """
    items = "".join(_item(one, language) for one in found)
    note = "" if kept else f'<p class="note">{say(language, "forgetful")}</p>'
    none = f'<p class="note">{say(language, "no_conversations")}</p>' if kept and not items else ""
    name = say(language, "conversations")
    listed = f"<ul>{items}</ul>" if items else ""
    if judged:
        saved = f'href="/{language}/parts/feedback" title="{say(language, "feedback_what")}" download'
        listed += f'<p class="feedback-file"><a {saved}>{say(language, "export_feedback")}</a></p>'
    return (
        f'<nav class="conversations" {speaking(language)} aria-label="{name}">'
        f'{note}<details class="listed"><summary>{name}</summary>{none}{listed}</details>'
        f'<p class="status" role="status"></p>{confirm_html("yes_delete", language)}</nav>'
    )


def _item(one: ConversationSummary, language: str) -> str:
    identity = escape(quote(one.id, safe=""))
    at = f"/{language}/parts/conversations/{identity}"
    started = escape(format_datetime(one.started.astimezone(), "medium", locale=language))
    exports = "".join(
        f'<a href="{at}/export?form={form}" download>{say(language, f"export_{form}")}</a>' for form in ("md", "json")
    )
    title = isolated(one.title)
    ask, acts_on = say(language, "delete_for_good", title=title), say(language, "more_for", title=title)
    acts = (
        f'<button type="button" data-act="rename">{say(language, "rename")}</button>'
        f'<button type="button" data-act="delete" data-ask="{ask}">{say(language, "delete")}</button>'
    )
    return (
        f'<li data-conversation="{escape(one.id)}"><a class="open" dir="auto" href="?c={identity}" '
        f'title="{started}">{escape(one.title)}</a>'
        f'<details class="acts"><summary aria-label="{acts_on}">⋯</summary>'
        f'<div><time datetime="{escape(one.started.isoformat())}">{started}</time>'
        f"{acts}{exports}</div></details></li>"
    )
