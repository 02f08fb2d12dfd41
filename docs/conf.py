"""How Sphinx makes the site from these pages: `make docs`. Nothing of it is fetched from elsewhere, nor by the site."""

from __future__ import annotations

from importlib.metadata import version as version_of
from pathlib import Path

import typer
from typer.cli import get_docs_for_click
from typer.main import get_command

from assistant.cli import app

project = "Lagebild"
version = release = version_of("lagebild")
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Lagebild"
html_show_sourcelink = False
html_show_copyright = False
html_copy_source = False
myst_heading_anchors = 3
myst_links_external_new_tab = False
pygments_style = "friendly"


def _write_command_line_page() -> None:
    """The command line as its own --help has it, so that the page cannot differ from the program."""
    command = get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="lagebild", title="Every command")
    page = Path(__file__).with_name("commands.md")
    if not page.exists() or page.read_text("utf-8") != text:
        page.write_text(text, "utf-8")


_write_command_line_page()
