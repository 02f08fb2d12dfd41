"""The fields in Gradio that limit a question: a time, languages, sources, places."""

from __future__ import annotations

import gradio as gr

from assistant.ui.labels import label

__all__ = ["build_limits"]

# What a question can be limited to, in the order of `Filter.written`, with the hint in each empty field.
LIMITS = (
    ("since", "day_hint"),
    ("until", "day_hint"),
    ("languages", "languages_hint"),
    ("only_sources", "sources_hint"),
    ("places", "places_hint"),
)


def build_limits(language: str) -> list[gr.Textbox]:
    """The fields, within an open `gr.Blocks`, in the order of `Filter.written`."""
    with gr.Accordion(label(language, "limits"), open=False, elem_id="limits"):
        return [
            gr.Textbox(
                label=label(language, name),
                placeholder=label(language, hint),
                max_lines=1,
                min_width=120,
                elem_id=f"limit-{name}",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
            )
            for name, hint in LIMITS
        ]
