"""Where the library, the list of conversations and what a first visit is told are on the page, in Gradio.

What is in them, library.js and first.js fetch.
"""

from __future__ import annotations

import gradio as gr

__all__ = ["build_conversations", "build_first", "build_library"]


def build_conversations() -> gr.Button:
    """The list of conversations, within an open `gr.Blocks`; a button that nobody sees, for
    library.js to click when one is to be opened."""
    _part("conversations")
    return gr.Button("", visible="hidden", elem_id="wanted")


def build_first() -> None:
    """What a first visit is told, within an open `gr.Blocks`."""
    _part("first")


def build_library() -> None:
    """The library, within an open `gr.Blocks`."""
    _part("library")


def _part(name: str) -> None:
    """An element that is filled from /LANGUAGE/parts/NAME."""
    gr.HTML(f'<div data-part="{name}"></div>', js_on_load=None, apply_default_css=False, elem_id=f"part-{name}")
