"""The page in Gradio, in one language: its head, the desk and the library."""

from __future__ import annotations

import gradio as gr

from assistant.assistant import Assistant
from assistant.errors import LagebildError
from assistant.ui.desk import build_desk
from assistant.ui.labels import label
from assistant.ui.library import build_library
from assistant.ui.masthead import header_html
from assistant.ui.parts import has_index

__all__ = ["build_blocks", "theme"]

MAX_WAITING = 64  # questions in the queue; further ones are refused
AT_ONCE = 2  # questions answered at the same time: the model keeps two cores busy


def build_blocks(assistant: Assistant, language: str) -> gr.Blocks:
    """The whole page."""

    login = assistant.settings.auth is not None

    def header() -> str:
        try:
            return header_html(assistant.status(), None, language, login=login)
        except LagebildError as error:
            problem = str(error) if has_index(assistant) else None  # how to begin is said in any case
            return header_html(None, problem, language, login=login)

    blocks: gr.Blocks
    with gr.Blocks(title="Lagebild", analytics_enabled=False, fill_width=True) as blocks:
        head = gr.HTML(header(), js_on_load=None, apply_default_css=False, elem_id="header")
        # Not by a callable as the value, while which Gradio would dim what is there already.
        blocks.load(header, None, [head], show_progress="hidden", api_visibility="private")
        with gr.Tabs(elem_id="rooms"):
            with gr.Tab(label(language, "desk"), id="desk", elem_id="desk"):
                build_desk(assistant, language, blocks)
            with gr.Tab(label(language, "library"), id="library", elem_id="library"):
                build_library()
    blocks.queue(max_size=MAX_WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    return blocks


def theme() -> gr.themes.Base:
    """The look of Gradio's own parts."""
    # Names of fonts on the reader's machine; Gradio's own themes ship or fetch theirs.
    return gr.themes.Base(
        primary_hue="slate",
        neutral_hue="stone",
        radius_size="sm",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
