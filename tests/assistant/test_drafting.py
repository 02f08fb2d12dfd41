"""Drafts: the same whatever the pieces they come in; keys become numbers; citations find their sentences."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.drafting import Drafted, DraftReader, draw_keys, is_whole
from tests.helpers import hard_texts

KEYS = ("k7f", "m3d", "x2q")
_TOKENS = st.sampled_from(
    [
        *(
            "[k7f]",
            "[m3d]",
            " [x2q]",
            "[k7f, m3d]",
            "[K7F]",
            "【m3d】",
            "[z9z]",
            "[1]",
            "[]",
            "[sic]",
            "[k7f",
            "]",
            "[",
        ),
        *("<think>", "</think>", "<thin", "\n", "\n- ", "\n1. ", "# ", "**", "`", " ", "  ", "\t"),
        *("http://evil.example/x", "https:", "www.x.y", "h", "ww", "me@mail.com", "cform.com", ".", "3.5", "z.B. "),
        *("The army took it. ", "It left", "Die Stadt fiel am 9. November. ", "دخلت القوات المدينة. ", "占领了。"),
        *("\u202e", "\0", "\u200b", "x" * 90),
    ]
)
drafts = st.lists(st.one_of(_TOKENS, hard_texts), max_size=14).map("".join)


def read(draft: str, cuts: tuple[int, ...] = (), language: str = "en") -> tuple[str, list[Drafted]]:
    reader = DraftReader(KEYS, language=language)
    bounds = [0, *sorted(cut % (len(draft) + 1) for cut in cuts), len(draft)]
    shown = "".join(reader.feed(draft[start:end]) for start, end in pairwise(bounds))
    return shown + reader.close(), reader.statements()


@given(drafts, st.lists(st.integers(0, 10_000), max_size=12).map(tuple))
@example("It [k7f]. [m", (4, 5, 6, 7, 8, 11))
@example("see http://evil.example/x now", tuple(range(30)))
@example("write me@mail.com or cform.com.", tuple(range(32)))
@example("<think>hm [k7f]</think>Held [k7f].", tuple(range(40)))
@example("a" + " " * 5 + "[" + "x" * 100 + "]", tuple(range(120)))
def test_how_a_draft_is_cut_into_pieces_changes_nothing(draft: str, cuts: tuple[int, ...]) -> None:
    assert read(draft, cuts) == read(draft) == read(draft, tuple(range(len(draft))))


@given(drafts)
@example("<12 killed. 12 killed.[k7f][sic]")  # seen whole, one sentence
@example("It fell.\n1[k7f]. Rawa")  # seen whole, a list
def test_what_is_settled_stays_and_is_all_before_the_last_citation(draft: str) -> None:
    reader = DraftReader(KEYS)
    settled: list[Drafted] = []
    for character in draft:
        reader.feed(character)
        assert reader.settled[: len(settled)] == settled
        settled = list(reader.settled)
    reader.close()
    assert reader.statements()[: len(settled)] == settled


def test_a_statement_is_settled_by_the_citation_of_the_next_one() -> None:
    reader = DraftReader(KEYS)
    steps = ["It fell [k7f].", " It was retaken", " [m3d].", "\n- Quiet. Since", " then [x2q]"]
    told = []
    for step in steps:
        reader.feed(step)
        told.append([statement.text for statement in reader.settled])
    fell, retaken = "It fell.", "It was retaken."
    assert told == [[], [], [fell], [fell], [fell, retaken, "Quiet."]]


@given(drafts)
def test_no_key_and_no_address_is_ever_shown(draft: str) -> None:
    shown, statements = read(draft)
    said = re.sub(r"\[[^\]]{81,}\]", "", shown)
    for key in KEYS:
        assert f"[{key}]" not in said
    assert not re.search(r"\bhttps?:|\bwww\.\S|\w@\w", shown)
    cited = [key for statement in statements for key in statement.keys]
    assert set(cited) <= set(KEYS)
    assert not any(set(statement.unknown) & set(KEYS) for statement in statements)


def test_nothing_is_shown_that_may_still_become_a_key() -> None:
    reader = DraftReader(KEYS)
    pieces = ["It ", "holds", " [", "k7", "f", "].", " No", " [z9z", "]", "."]
    assert [reader.feed(piece) for piece in pieces] == ["It", " holds", "", "", "", " [1].", " No", "", "", ""]
    assert reader.close() == "."


@pytest.mark.parametrize(
    ("draft", "shown", "expected"),
    [
        (
            "The army holds it [k7f]. It left [m3d][k7f].",
            "The army holds it [1]. It left [2] [1].",
            [("The army holds it.", "k7f"), ("It left.", "m3d k7f")],
        ),
        ("It fell. [k7f] It was retaken. [m3d]", None, [("It fell.", "k7f"), ("It was retaken.", "m3d")]),
        ("[k7f] It fell.\n[m3d] It was retaken.", None, [("It fell.", "k7f"), ("It was retaken.", "m3d")]),
        ("It fell.\n[k7f]\nIt was retaken.\n[m3d]", None, [("It fell.", "k7f"), ("It was retaken.", "m3d")]),
        ("- It fell [k7f]\n- It was **retaken** [m3d]", None, [("It fell", "k7f"), ("It was retaken", "m3d")]),
        ("1. [k7f] It fell.\n2. [m3d] Retaken.", None, [("It fell.", "k7f"), ("Retaken.", "m3d")]),
        ("Both agree [k7f, m3d].", "Both agree [1] [2].", [("Both agree.", "k7f m3d")]),
        (
            "Es fiel am 9. November [k7f]. Danach nicht.",
            None,
            [("Es fiel am 9. November.", "k7f"), ("Danach nicht.", "")],
        ),
        ("سقطت المدينة [k7f]. ثم استعيدت【m3d】.", None, [("سقطت المدينة.", "k7f"), ("ثم استعيدت.", "m3d")]),
        ("It fell [sic] on Monday [K7F].", "It fell [sic] on Monday [1].", [("It fell [sic] on Monday.", "k7f")]),
        ("It fell [1].", "It fell.", [("It fell.", "")]),
        ("It fell [z9z].", "It fell.", [("It fell.", "")]),
        ("See http://evil.example/x now [k7f].", "See … now [1].", [("See http://evil.example/x now.", "k7f")]),
        ("Ask me@mail.com, cform.com.", "Ask me… cform…", [("Ask me@mail.com, cform.com.", "")]),
        ("<think>So [k7f] it is.</think>\nIt fell [m3d].", "\nIt fell [1].", [("It fell.", "m3d")]),
        ("<think>endless", "", []),
        ("It \u202efell\0 [k7f].", "It fell [1].", [("It fell.", "k7f")]),
        ("[k7f]", " [1]", []),
        ("", "", []),
    ],
)
def test_a_citation_finds_its_sentence(draft: str, shown: str | None, expected: list[tuple[str, str]]) -> None:
    seen, statements = read(draft, language="de")
    assert [(s.text, " ".join(s.keys)) for s in statements] == expected
    assert shown is None or seen == shown


def test_what_is_cited_and_does_not_exist_is_kept_by_its_statement() -> None:
    (statement,) = read("It fell [1][k7f][z9z].")[1]
    assert (statement.keys, statement.unknown) == (("k7f",), ("1", "z9z"))


@pytest.mark.parametrize(
    ("draft", "whole"),
    [
        ("It fell.", True),
        ("It fell [k7f]", True),
        ("“It fell.”", True),
        ("سقطت؟", True),
        ("占领了。", True),
        ("It fe", False),
    ],
)
def test_a_sentence_that_was_not_written_to_its_end_is_known(draft: str, whole: bool) -> None:
    assert [is_whole(statement) for statement in read(draft)[1]] == [whole]


def test_keys_differ_and_cannot_be_guessed_and_are_none_that_the_text_has() -> None:
    keys = draw_keys(500)
    assert len(set(keys)) == 500
    assert keys != draw_keys(500)
    assert not set(draw_keys(2_000, without=" ".join(keys))) & set(keys)
    strange = draw_keys(20, without=" ".join(KEYS))
    assert all(read(f"It fell [{key}].")[1][0].unknown for key in strange)
