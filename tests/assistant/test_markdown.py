"""Answers as Markdown: what comes from a report is text and nothing else."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant import Assistant
from assistant.markdown import as_markdown, escaped
from tests.helpers import hard_texts

# As the programs that show chats do it: GitHub's dialect, with bare addresses made to links.
_RENDERER = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def rendered(text: str) -> tuple[str, set[str]]:
    """What is read in a quotation of one paragraph, which it has to stay, and of which kinds it is."""
    tokens = _RENDERER.parse(f"> {text}")
    around = ["blockquote_open", "paragraph_open", "inline", "paragraph_close", "blockquote_close"]
    assert [token.type for token in tokens] == (around if text else [around[0], around[-1]])
    children = [child for token in tokens for child in token.children or ()]
    return "".join(child.content for child in children), {child.type for child in children}


@given(hard_texts | st.text("[]()!<>*_`~#|\\&;:/.-+=@$ www.http\n12ab", max_size=40))
def test_a_text_reads_as_it_was_and_does_nothing(text: str) -> None:
    text = text.strip("\v\f\x1c\x1d\x1e\x1f\x85")  # the renderer takes these for spaces, and has no entity for them
    read, kinds = rendered(escaped(text))
    assert read == text.replace("\0", "�")
    assert kinds <= {"text", "text_special", "em_open", "em_close"}


@pytest.mark.parametrize("text", ["http://evil.example/x", "www.evil.example", "me@evil.example", "![x](http://e.x/y)"])
def test_an_address_is_no_link(text: str) -> None:
    assert text not in escaped(text)


# As remark-gfm finds them: in each piece of text, when its escapes are gone.
_FOUND = re.compile(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", re.ASCII | re.IGNORECASE)


@given(
    st.lists(st.sampled_from(["http", "s", ":", "//", "www", "WWW", ".", "@", "-", "_", "me", "x.org", " "])).map(
        "".join
    )
)
def test_nothing_is_found_to_be_one_when_escapes_are_gone(text: str) -> None:
    children = [child for token in _RENDERER.parse(f"> {escaped(text)}") for child in token.children or ()]
    pieces = "".join(child.content if child.type.startswith("text") else "\n" for child in children)
    assert not _FOUND.search(pieces), escaped(text)
    assert pieces.replace("\n", "") == text


def test_a_long_run_of_letters_is_escaped_at_once() -> None:
    started = time.process_time()
    assert escaped("a" * 100_000) == "a" * 100_000
    assert time.process_time() - started < 10  # minutes, were it read anew at each letter


def test_every_number_of_an_answer_stands_where_it_is_said_to(sample: Assistant) -> None:
    answer = sample.ask("Who controls Abu Kamal?")
    marked = as_markdown(answer)
    assert set(marked.places) == {citation.number for citation in answer.citations}
    for number, (start, end) in marked.places.items():
        assert marked.text[start:end] == f"\\[{number}\\]"
    for citation in answer.citations:
        assert escaped(citation.quote) in marked.text


def test_a_refusal_shows_what_is_nearest(sample: Assistant) -> None:
    answer = sample.ask("How do I bake sourdough bread?")
    assert escaped(answer.hits[0].text) in as_markdown(answer).text
