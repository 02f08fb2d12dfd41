"""What stands beside an answer, in Gradio: its sources, or its events as a line of time, or its places as a map.

A view is made when it is opened, and again when there is another answer while it is open; not for every answer.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from assistant.errors import LagebildError
from assistant.located import cited_places, cited_times
from assistant.ui.answers import problem_html
from assistant.ui.labels import label
from assistant.ui.session import Page
from assistant.ui.spelling import place_name
from assistant.ui.views import empty_view_html, map_html, timeline_html

__all__ = ["build_beside"]


def build_beside(assistant: Assistant, language: str, sources: str, page: gr.State) -> gr.HTML:
    """The views as tabs, within open blocks; `sources` is what the first one begins with. That one is given back."""

    def view(name: str, page: Page) -> str:
        turn = page.session.newest_cited if page.session is not None else None
        if turn is None:
            return empty_view_html(language)
        number, answer = turn
        try:
            if name == "timeline":
                return timeline_html(cited_times(assistant.catalog(), answer), number, language)
            catalog, gazetteer = assistant.catalog(), assistant.gazetteer
            places = cited_places(catalog, gazetteer, answer, lambda p: place_name(p, catalog, gazetteer, language))
            return map_html(places, number, language)
        except LagebildError as error:
            return problem_html(str(error), language)

    plain: dict[str, Any] = {"js_on_load": None, "apply_default_css": False}
    with gr.Tabs(elem_id="views"):
        with gr.Tab(label(language, "sources"), id="cited", elem_id="view-sources"):
            cards = gr.HTML(sources, elem_id="cards", **plain)
        for name in ("timeline", "map"):
            with gr.Tab(label(language, name), id=name, elem_id=f"view-{name}") as tab:
                shown = gr.HTML(elem_id=f"shown-{name}", **plain)
                renew = gr.Button(visible="hidden", elem_id=f"renew-{name}")
            for event in (tab.select, renew.click):
                event(
                    lambda page, name=name: view(name, page),
                    [page],
                    [shown],
                    show_progress="hidden",
                    api_visibility="private",
                    trigger_mode="always_last",  # an answer that comes while the one before is drawn is not passed over
                )
    return cards
