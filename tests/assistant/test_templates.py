"""The prompts: read with their headers, filled in as declared, and a broken file is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.templates import _load, load_prompt, prompts_folder

PROMPTS = sorted(path.stem for path in prompts_folder().glob("*.md"))
GOOD = '+++\nwhat = "To try."\nvariables = ["question", "price"]\n+++\nAnswer $question for $price and 5 $$.\n'


@pytest.mark.parametrize("name", PROMPTS)
def test_every_prompt_is_filled_in_as_it_declares(name: str) -> None:
    prompt = load_prompt(name)
    filled = prompt.fill(**{variable: f"<{variable}> $x ${{y}} {{z}}" for variable in prompt.variables})
    assert all(f"<{variable}> $x ${{y}} {{z}}" in filled for variable in prompt.variables)
    assert filled == filled.strip()


def test_values_are_not_templates(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD, "utf-8")
    prompt = _load(tmp_path / "good.md")
    assert prompt.fill(question="$price", price="$") == "Answer $price for $ and 5 $."


@pytest.mark.parametrize("values", [{}, {"question": ""}, {"question": "", "price": "", "more": ""}])
def test_other_values_than_the_declared_ones_are_refused(values: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD, "utf-8")
    with pytest.raises(SettingsError, match=r"good\.md: its variables are \['price', 'question'\]"):
        _load(tmp_path / "good.md").fill(**values)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (GOOD.replace(', "price"]', "]"), "uses .'price'., but may use .'question'."),
        (GOOD.replace(" for $price", ""), "declares .'question', 'price'., but the text uses .'question'. only"),
        (GOOD.replace('["question", "price"]', '"question"'), "variables, a list"),
        (GOOD.replace('what = "To try."', ""), "It has what"),
        (GOOD.replace("+++\nAnswer", 'more = "x"\n+++\nAnswer'), "It has what"),
        (GOOD.replace("+++\nAnswer", "this is no TOML\n+++\nAnswer"), "cannot be read"),
        (GOOD.replace("5 $$", "5 $ "), "no text with .names"),
        (GOOD.removeprefix("+++\n"), "no header"),
        (GOOD.encode("utf-16"), "cannot be read"),
        ("", "no header"),
    ],
    ids=["undeclared", "unused", "no list", "no what", "more", "syntax", "dollar", "no header", "encoding", "empty"],
)
def test_a_broken_prompt_is_a_settings_error_that_names_it(tmp_path: Path, content: str | bytes, named: str) -> None:
    path = tmp_path / "broken.md"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=named) as caught:
        _load(path)
    assert str(path) in str(caught.value)


def test_a_prompt_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match=r"absent\.md"):
        load_prompt("absent")
