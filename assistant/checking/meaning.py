"""Is what a statement says covered by what it cites? Each of its words looks for its match among the cited ones.

The vectors of tokens in their context, of both sides, are compared: a word's match is its most similar one, in any
language (T. Zhang et al., "BERTScore", ICLR 2020: its precision, over content words). A statement of which a half
stands nowhere is as near as a whole one by its sentence vector, but not word by word. How much is enough was fitted
(scripts/fit_checking.py, data/checking.toml). Knows texts and vectors, no citations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.background import Background
from assistant.common_words import stop_words
from assistant.data_files import data_file
from assistant.embedding import TokenVectors, Vectors
from assistant.letters import JOINTS, NAME_TOKEN, fold

__all__ = ["Coverage", "Text", "Word", "content_words", "coverage", "covers", "least_covered", "match"]

_STEM = 5  # letters, which stand in for inflection
_TOLD = 3  # words that are named where they are not covered


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its language and its vectors."""

    text: str
    language: str
    vectors: TokenVectors


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, `text[start:end]`, with the places of its tokens and the mean of their vectors (length 1)."""

    start: int
    end: int
    text: str
    tokens: list[int]
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well a statement is covered. All from -1 or 0 to 1, higher is better.

    `aligned` is the mean similarity of its content words to their matches, `repeated` the share of them that stand
    there (by their first letters; None across languages), `near` the similarity of both as a whole, centred. `words`
    are the content words with the similarity of each.
    """

    aligned: float
    repeated: float | None
    near: float
    words: tuple[tuple[str, float], ...]


def coverage(statement: Text, cited: Sequence[Text], background: Background) -> Coverage:
    """How well the cited texts, all of one language, cover the statement."""
    tokens = np.concatenate([text.vectors.tokens for text in cited])
    similarities = (statement.vectors.tokens @ tokens.T).max(axis=1, initial=-1.0)
    scored = tuple((word.text, float(similarities[word.tokens].mean())) for word in content_words(statement))
    aligned = float(np.mean([similarity for _, similarity in scored])) if scored else 0.0
    own = background.centre_passages(statement.vectors.vector[None], statement.language)
    other = background.centre_passages(np.stack([text.vectors.vector for text in cited]), cited[0].language)
    near = float((other @ own[0]).max())
    if statement.language != cited[0].language:
        return Coverage(aligned, None, near, scored)
    stems = {stem for text in cited for word in NAME_TOKEN.findall(text.text) for stem in _stems(word)}
    repeated = float(np.mean([_stems(word) <= stems for word, _ in scored])) if scored else 0.0
    return Coverage(aligned, repeated, near, scored)


def match(statement: Text, cited: Sequence[Text], start: int, end: int) -> float:
    """How similar the most similar of the cited tokens are to `statement.text[start:end]`: -1 to 1."""
    own = [place for place, (first, last) in enumerate(statement.vectors.spans) if first < end and start < last]
    tokens = np.concatenate([text.vectors.tokens for text in cited])
    if not own or not len(tokens):
        return -1.0
    return float((statement.vectors.tokens[own] @ tokens.T).max(axis=1).mean())


def covers(found: Coverage, statement: str, cited: str) -> float:
    """The log odds that the texts, of these languages, say it all: above 0 it is likelier than not.

    Supported and not weigh the same, whatever their numbers were where this was fitted.
    """
    fitted: Mapping[str, Mapping[str, float]] = data_file("checking")
    if found.repeated is not None:
        part = fitted["within"]
        return part["bias"] + part["aligned"] * found.aligned + part["repeated"] * found.repeated
    part = fitted["across"]
    languages = fitted["languages"]
    usual = float(np.mean(list(languages.values())))
    offsets = languages.get(statement, usual) + languages.get(cited, usual)
    return part["bias"] + part["aligned"] * found.aligned + part["near"] * found.near + offsets


def least_covered(found: Coverage) -> list[str]:
    """The few words of a statement that are covered least, in its order."""
    worst = sorted(found.words, key=lambda word: word[1])[:_TOLD]
    return [word for word, similarity in found.words if (word, similarity) in worst]


def content_words(text: Text) -> list[Word]:
    """The words that say something; all of them, where only function words are there."""
    matches = list(NAME_TOKEN.finditer(text.text))
    common = stop_words(text.language)
    kept = [match for match in matches if match.group().casefold() not in common] or matches
    spans = text.vectors.spans
    words = []
    for match in kept:
        own = [place for place, (start, end) in enumerate(spans) if start < match.end() and match.start() < end]
        if own:  # else the model read only what stands before it
            mean = text.vectors.tokens[own].mean(axis=0)
            vector = np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)
            words.append(Word(match.start(), match.end(), match.group(), own, vector))
    return words


def _stems(word: str) -> set[str]:
    return {fold(part)[:_STEM] for part in JOINTS.split(word)} - {""}
