"""The library in Gradio: the reports that the answers come from."""

from __future__ import annotations

import gradio as gr

from assistant.assistant import Assistant
from assistant.errors import LagebildError
from assistant.ui.answers import problem_html
from assistant.ui.reports import reports_html

__all__ = ["build_library"]

SHOWN = 200  # reports


def build_library(assistant: Assistant, language: str, blocks: gr.Blocks) -> None:
    """The library, within `blocks`, which are open."""

    def reports() -> str:
        try:
            return reports_html(assistant.reports(count=SHOWN), language)
        except LagebildError as error:
            return problem_html(str(error), language)

    table = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="reports")
    blocks.load(reports, None, [table], show_progress="hidden", api_visibility="private")
