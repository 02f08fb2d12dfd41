"""The page to log in as HTML: whole by itself, so that nothing else has to be had without a login."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from babel.units import format_unit

from assistant.ui.pieces import say, speaking

__all__ = ["login_html"]


def login_html(language: str, trouble: tuple[Literal["wrong", "wait"], int] | None) -> str:
    """The page; `trouble` says why somebody did not get in, and for how many seconds there is no use in trying."""
    said = ""
    if trouble is not None:
        reason, seconds = trouble
        wait = format_unit(seconds, "duration-second", "long", locale=language)
        said = f'<p class="problem" role="alert">{say(language, f"login_{reason}", wait=wait)}</p>'
    fields = "".join(
        f'<label>{say(language, f"login_{name}")}<input name="{name}" type="{kind}" autocomplete="{hint}"'
        f' dir="auto" required{" autofocus" if name == "name" else ""}></label>'
        for name, kind, hint in (("name", "text", "username"), ("password", "password", "current-password"))
    )
    return (
        f"<!doctype html><html {speaking(language)}><head><meta charset='utf-8'>"
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{say(language, 'login_title')}</title><style>{_style()}</style></head>"
        f'<body><main><h1><bdi lang="de">Lagebild</bdi></h1><p>{say(language, "login_title")}</p>{said}'
        f'<form method="post">{fields}<button>{say(language, "login_enter")}</button></form></main></body></html>'
    )


@cache
def _style() -> str:
    return resources.files("assistant").joinpath("data").joinpath("login.css").read_text("utf-8")
