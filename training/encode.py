"""Turns examples into token ids, cut to a window of whole sentences. Knows the tokenizer; knows no weights."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from training.examples import Example

__all__ = ["Encoded", "batches", "encode"]

BOS, EOS = 0, 2  # the embedded model's
MAX_QUESTION = 48  # tokens
_WINDOW = (60, 200)  # tokens of the passage: each window is as long as a number drawn from here


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of `<s> question </s></s> passage </s>`.

    `sentences` are ranges of tokens, `support` numbers those that answer, `unsure` those that may, `span` is the first
    and the last token of the phrase. `passage` is the place of the passage's first token.
    """

    ids: list[int]
    passage: int
    sentences: list[tuple[int, int]]
    support: list[int]
    span: tuple[int, int] | None
    unsure: list[int]


def encode(example: Example, tokenizer: Tokenizer, draw: random.Random) -> Encoded | None:
    """None where the passage has a sentence that is longer than any window."""
    question = tokenizer.encode(f"query: {example.question}", add_special_tokens=False).ids[:MAX_QUESTION]
    whole = tokenizer.encode(example.passage, add_special_tokens=False)
    # A token may begin with the space before its word, so its last character says which sentence it is of.
    ranges = [_tokens_of(whole.offsets, start, end) for start, end in example.sentences]
    lengths = [end - start for start, end in ranges]
    first, last = _window(lengths, example.support, draw.randint(*_WINDOW), draw)
    if sum(lengths[first : last + 1]) > 2 * _WINDOW[1] or not sum(lengths[first : last + 1]):
        return None
    head = [BOS, *question, EOS, EOS]
    shift = len(head) - ranges[first][0]
    span = None
    if example.span is not None:
        start, end = _tokens_over(whole.offsets, *example.span)
        if start < end <= ranges[last][1]:
            span = (start + shift, end - 1 + shift)
    return Encoded(
        [*head, *whole.ids[ranges[first][0] : ranges[last][1]], EOS],
        len(head),
        [(start + shift, end + shift) for start, end in ranges[first : last + 1]],
        [number - first for number in example.support if first <= number <= last],
        span,
        [number - first for number in example.unsure if first <= number <= last],
    )


def _tokens_of(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    inside = [place for place, (_, stop) in enumerate(offsets) if start < stop <= end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _tokens_over(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """All that have a part of the span: an answer may begin or end within a token."""
    over = [place for place, (first, stop) in enumerate(offsets) if first < end and stop > start]
    return (over[0], over[-1] + 1) if over else (0, 0)


def _window(lengths: Sequence[int], support: Sequence[int], budget: int, draw: random.Random) -> tuple[int, int]:
    """First and last sentence of a window around one that answers (or around any), grown while the budget lasts."""
    first = last = draw.choice(list(support) or range(len(lengths)))
    total = lengths[first]
    while first > 0 or last < len(lengths) - 1:
        before = first > 0 and (last == len(lengths) - 1 or draw.random() < 0.5)
        total += lengths[first - 1] if before else lengths[last + 1]
        if total > budget:
            break
        first, last = (first - 1, last) if before else (first, last + 1)
    return first, last


def batches(encoded: Sequence[Encoded], tokens: int, draw: random.Random) -> Iterator[list[Encoded]]:
    """Batches of about one length, each of at most `tokens` with padding, in random order."""
    order = list(encoded)
    draw.shuffle(order)
    made = []
    for place in range(0, len(order), 512):
        batch: list[Encoded] = []
        for example in sorted(order[place : place + 512], key=lambda example: len(example.ids)):
            if batch and (len(batch) + 1) * len(example.ids) > tokens:
                made.append(batch)
                batch = []
            batch.append(example)
        made.append(batch)
    draw.shuffle(made)
    yield from made
