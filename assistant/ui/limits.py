"""What questions are limited to, in Gradio: the filters at the side, and the chips under the line one asks in.

The truth is one line of text, written as in the address of the page (chosen.py). limits.js writes it, into a field that
nobody sees, and the address; here is told what it means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from assistant.errors import LagebildError
from assistant.letters import fold
from assistant.mentions import possible_names
from assistant.store import Facets
from assistant.ui.chosen import Chosen, checked
from assistant.ui.facets import chips_html, languages_html, options_html, time_html
from assistant.ui.labels import label
from assistant.ui.pieces import escape

__all__ = ["Limits", "build_limits"]

_SEARCHED = ("sources", "places")


@dataclass(frozen=True, slots=True)
class Limits:
    """`chosen` is what is chosen, for `read` to understand; `chips` shows it, and is still to be put in its place."""

    chosen: gr.Textbox
    chips: gr.HTML
    read: Callable[[str | None], Chosen]


def build_limits(assistant: Assistant, language: str, blocks: gr.Blocks) -> Limits:
    """The filters, within `blocks`, which are open."""

    def facets() -> Facets:
        try:
            return assistant.catalog().facets()
        except LagebildError:  # the head of the page says why there is nothing
            return Facets()

    def search(name: str, text: str) -> str:
        found = _sources(facets(), text) if name == "sources" else _places(facets(), text, assistant)
        return options_html(name, found, text, language)

    def opened(request: gr.Request) -> list[str]:
        counted = facets()
        lists = [search(name, "") for name in _SEARCHED]
        told = Chosen.read(str(request.query_params)).query
        return [time_html(counted, language), languages_html(counted, language), *lists, told]

    def tell(asked: str) -> str:
        return chips_html(*checked(Chosen.read(asked), facets()), asked, language)

    def read(asked: str | None) -> Chosen:  # an untouched field gives None
        return checked(Chosen.read(asked or ""), facets())[0]

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    plain: dict[str, Any] = {"js_on_load": None, "apply_default_css": False}
    with gr.Column(elem_id="limits"):
        gr.HTML(f"<h2>{escape(label(language, 'limits'))}</h2>", elem_id="limits-title", **plain)
        time, languages = gr.HTML(elem_id="limit-time", **plain), gr.HTML(elem_id="limit-languages", **plain)
        lists = []
        for name in _SEARCHED:
            with gr.Column(elem_id=f"limit-{name}", elem_classes="searched"):
                field = gr.Textbox(
                    label=label(language, name),
                    placeholder=label(language, f"{name}_hint"),
                    max_lines=1,
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                )
                lists.append(gr.HTML(**plain))
            field.change(partial(search, name), [field], [lists[-1]], trigger_mode="always_last", **quiet)
        chosen = gr.Textbox("", visible="hidden", elem_id="chosen", label=label(language, "limits"), show_label=False)
    chips = gr.HTML(elem_id="chips", render=False, **plain)
    chosen.change(tell, [chosen], [chips], trigger_mode="always_last", **quiet)
    blocks.load(opened, None, [time, languages, *lists, chosen], **quiet)
    return Limits(chosen, chips, read)


def _sources(facets: Facets, text: str) -> Iterator[tuple[str, int]]:
    """The sources with this text in their names."""
    sought = fold(text.strip())
    return ((source, count) for source, count in facets.sources.items() if sought in fold(source))


def _places(facets: Facets, text: str, assistant: Assistant) -> Iterator[tuple[str, int]]:
    """The places with this text in their names, and those that it names in any spelling or script."""
    sought = fold(text.strip())
    possible = possible_names(text, "und", assistant.gazetteer) if sought else []  # it takes its time to open
    named = frozenset[str]().union(*(name.told_by for name in possible))
    counts: dict[str, int] = {}  # namesakes are chosen together: a limit is a name
    for entity, (name, count) in facets.places.items():
        if entity in named or sought in fold(name):
            counts[name] = counts.get(name, 0) + count
    return iter(sorted(counts.items(), key=lambda item: -item[1]))
