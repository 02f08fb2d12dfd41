"""Texts with $names that people edit, in the folder `prompts`: finds them, and reads them with care.

Knows files and templates; knows nothing of what the texts say, or to whom.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from assistant.errors import SettingsError

__all__ = ["Prompt", "checked", "load_prompt", "prompts_folder", "read_toml"]

_HEADER = re.compile(r"\+\+\+\n(.*?\n)\+\+\+\n(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is told: a text, and the names that are to be filled in, each of which it has."""

    path: Path
    text: str
    variables: frozenset[str]

    def fill(self, **values: str) -> str:
        """The text with its values. A SettingsError where they are not just those that the header declares."""
        if values.keys() != self.variables:
            raise SettingsError(
                f"{self.path}: its variables are {sorted(self.variables)}, but Lagebild fills in {sorted(values)}."
            )
        return Template(self.text).substitute(values).strip()


@cache
def prompts_folder() -> Path:
    """The folder of the prompts: inside of the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    for folder in (package / "prompts", package.parent / "prompts"):
        if (folder / "wording").is_dir():
            return folder
    raise SettingsError(f"{package}: the folder prompts is missing. Install lagebild again.")


def load_prompt(name: str) -> Prompt:
    """The prompt in the file of this name. It begins with a header in TOML, between two lines `+++`:

        +++
        what = "What it is for."
        variables = ["question"]
        +++
        Answer this: $question

    A SettingsError where the names in the text are not those in the header. A dollar sign is written $$.
    """
    return _load(prompts_folder() / f"{name}.md")


def checked(path: Path, name: str, text: object, variables: Collection[str]) -> frozenset[str]:
    """The $names in a text of a file: a SettingsError where it is no such text, or has others than `variables`."""
    if not isinstance(text, str) or not Template(text).is_valid():
        raise SettingsError(f"{path}: {name} is {text!r}, no text with $names. A dollar sign is written $$.")
    used = frozenset(Template(text).get_identifiers())
    strange = used - frozenset(variables)
    if strange:
        raise SettingsError(f"{path}: {name} uses {sorted(strange)}, but may use {sorted(variables)}.")
    return used


def read_toml(path: Path) -> Mapping[str, Any]:
    """What a file says in TOML; a SettingsError that names it where it cannot be read."""
    return _parsed(path, _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: the text cannot be read ({error}).") from error


def _parsed(path: Path, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise SettingsError(f"{path}: the text cannot be read ({error}).") from error


@cache
def _load(path: Path) -> Prompt:
    parts = _HEADER.fullmatch(_text(path))
    if parts is None:
        raise SettingsError(f"{path}: the prompt has no header. Begin it with +++, variables = [...], and +++ again.")
    match _parsed(path, parts[1]):
        case {"what": str(), "variables": list(variables)} as header if len(header) == 2:
            pass
        case header:
            raise SettingsError(f"{path}: the header is {dict(header)!r}. It has what, a text, and variables, a list.")
    used = checked(path, "the prompt", parts[2], [str(variable) for variable in variables])
    if len(used) != len(variables):
        raise SettingsError(f"{path}: the header declares {variables}, but the text uses {sorted(used)} only.")
    return Prompt(path, parts[2], used)
