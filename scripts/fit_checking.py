"""Fits how much of a statement has to be covered (assistant/data/checking.toml), and says what that is worth.

    python scripts/fit_checking.py ../shared/eval            # fits on one half, measures on the other
    python scripts/fit_checking.py ../shared/eval --write    # writes the file that ships

Within a language: the claims of WiCE with their cited sentences; a claim that is supported only partly is none that is
supported. Across languages: the sentences of NTREX and their beginnings with their translations, against the nearest
other sentence, the next one, and sentences whose second part is that of the next one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from assistant.background import background_for
from assistant.checking import Checker, Claim
from assistant.checking.meaning import Coverage, Text, coverage
from assistant.dates import PartialDate
from assistant.embedding import TokenEmbedder, load_embedder
from assistant.gazetteer import open_gazetteer
from assistant.records import Citation, Passage, Report, Support
from assistant.settings import Settings

TARGET = Path(__file__).parents[1] / "assistant/data/checking.toml"
NTREX = {"en": "src.eng", "de": "ref.deu", "ar": "ref.arb", "ru": "ref.rus", "fr": "ref.fra", "tr": "ref.tur"}
NTREX |= {"uk": "ref.ukr", "fa": "ref.fas", "he": "ref.heb"}
META = re.compile(r"\(meta data\) ([A-Z ]+): (.*)")  # what WiCE tells of a source, as a reader of files would
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SENTENCES = 100  # of NTREX, in each half
PAIRS = 12  # of languages, for each sentence
MOST_CITED = 3  # sentences that a claim without cited ones is given: the nearest

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A statement with what it cites, whether that supports it, and in which half it is."""

    coverage: Coverage
    languages: tuple[str, str]
    supported: bool
    half: int
    rules: bool = True  # whether its names, figures, negations and hedges are those of what it cites


def half_of(key: str) -> int:
    """0 or 1, always the same for the same key."""
    return hashlib.sha256(key.encode()).digest()[0] % 2


class Reader:
    """Embeds each text once."""

    def __init__(self) -> None:
        embedder = load_embedder(Settings.from_environment())
        if not isinstance(embedder, TokenEmbedder):
            raise SystemExit("The settings' model does not tell the vectors of tokens.")
        self._embedder = embedder
        self.background = background_for(embedder.identity)
        settings = Settings.from_environment()
        self._checker = Checker(embedder, self.background, open_gazetteer(settings.cache), Agreeing())
        self._known: dict[tuple[str, str], Text] = {}

    def read(self, texts: Sequence[str], language: str) -> list[Text]:
        """The texts with their vectors."""
        new = [text for text in dict.fromkeys(texts) if (text, language) not in self._known]
        for text, vectors in zip(new, self._embedder.embed_tokens(new), strict=True):
            self._known[text, language] = Text(text, language, vectors)
        return [self._known[text, language] for text in texts]

    def example(
        self, statement: Text, cited: Sequence[Text], supported: bool, half: int, rules: bool = True
    ) -> Example:
        """The features of a statement."""
        found = coverage(statement, cited, self.background)
        return Example(found, (statement.language, cited[0].language), supported, half, rules)

    def rules(self, claim: str, evidence: Sequence[str], places: Sequence[int]) -> bool:
        """Whether nothing but the meaning is left to be told, where these sentences of a report are cited."""
        text = "\n".join(evidence)
        starts = [0, *accumulate(len(sentence) + 1 for sentence in evidence)]
        about = {found[1]: found[2] for sentence in evidence if (found := META.match(sentence))}
        day = ISO_DAY.match(about.get("PUBLISHED DATETIME", ""))
        report = Report.make(
            text,
            title=about.get("TITLE", ""),
            published=PartialDate.parse(day[0])
            if (day := ISO_DAY.match(about.get("PUBLISHED DATETIME", "")))
            else None,
            source=about.get("PUBLISHER") or about.get("AUTHOR"),
            language="en",
        )
        cited: list[Citation] = []
        for place in places:
            start, end, before = starts[place], starts[place] + len(evidence[place]), starts[max(place - 1, 0)]
            passage = Passage(str(place), report.id, before, end, max(place - 1, 0), place)
            cited.append(Citation(len(cited) + 1, report, start, end, passage))
        return self._checker.check([Claim(claim, cited)])[0].support is Support.SUPPORTED


class Agreeing:
    """A judge to whom everything follows from everything."""

    identity = "agreeing"

    def follows(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Always likelier than not."""
        return [1.0] * len(pairs)


def wice(folder: Path, reader: Reader) -> list[Example]:
    """The claims of WiCE with the first of their sets of cited sentences; without one, with the nearest sentences."""
    examples = []
    for line in (folder / "wice/claim_dev.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        (claim,) = reader.read([record["claim"]], "en")
        evidence = record["evidence"]
        places = next((places for places in record["supporting_sentences"] if places), None)
        if places is None:
            words = set(record["claim"].lower().split())
            likely = sorted(range(len(evidence)), key=lambda place: -len(words & set(evidence[place].lower().split())))
            texts = reader.read([evidence[place] for place in likely[:12]], "en")
            near = [coverage(claim, [text], reader.background).near for text in texts]
            places = [likely[place] for place in np.argsort(near)[::-1][:MOST_CITED]]
        cited = reader.read([evidence[place] for place in places], "en")
        rules = reader.rules(record["claim"], evidence, places)
        supported = record["label"] == "supported"
        examples.append(reader.example(claim, cited, supported, half_of(record["meta"]["id"]), rules))
    return examples


def ntrex(folder: Path, reader: Reader) -> list[Example]:
    """Sentences of NTREX with their translations, and with others."""
    lines = {
        language: (folder / f"ntrex/newstest2019-{name}.txt").read_text("utf-8").splitlines()
        for language, name in NTREX.items()
    }
    chance = random.Random(0)  # noqa: S311  # which sentences, always the same
    places = sorted(chance.sample(range(len(lines["en"]) - 1), 2 * SENTENCES))
    texts = {language: reader.read([lines[language][place] for place in places], language) for language in lines}
    after = {language: reader.read([lines[language][place + 1] for place in places], language) for language in lines}
    centred = {
        language: reader.background.centre_passages(np.stack([text.vectors.vector for text in own]), language)
        for language, own in texts.items()
    }
    pairs = [(one, other) for one in lines for other in lines if one != other]
    examples = []
    for row, place in enumerate(places):
        half = half_of(str(place))
        for one, other in chance.sample(pairs, PAIRS):
            statement, cited = texts[one][row], texts[other][row]
            similar = centred[other] @ centred[one][row]
            similar[row] = -1
            head, tail = _first_part(statement.text), _second_part(after[one][row].text)
            true = [statement, *(reader.read([head], one) if head else [])]
            false = reader.read([f"{(head or statement.text).rstrip(' ,.')}, {tail}"], one) if tail else []
            examples += [reader.example(text, [cited], True, half) for text in true]
            examples += [reader.example(text, [cited], False, half) for text in [*false, after[one][row]]]
            examples.append(reader.example(statement, [texts[other][int(similar.argmax())]], False, half))
    return examples


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;:،؛–—]\s", text) if len(part.split()) >= 4]


def _first_part(text: str) -> str | None:
    parts = _parts(text)
    return parts[0] if len(parts) > 1 else None


def _second_part(text: str) -> str | None:
    parts = _parts(text)
    return parts[-1] if len(parts) > 1 else None


def features(example: Example) -> list[float]:
    """Within a language: aligned, repeated; across: aligned, near, and the languages of both sides."""
    found = example.coverage
    if found.repeated is not None:
        return [found.aligned, found.repeated]
    return [found.aligned, found.near, *(float(example.languages.count(language)) for language in NTREX)]


def fitted(examples: Sequence[Example]) -> tuple[Numbers, float]:
    """Weights and bias of a logistic regression in which both answers weigh the same."""
    rows = np.array([features(example) for example in examples])
    model = LogisticRegression(C=10, class_weight="balanced", max_iter=2_000)
    model.fit(rows, [example.supported for example in examples])
    return model.coef_[0], float(model.intercept_[0])


def balanced_accuracy(supported: npt.NDArray[np.bool_], told: npt.NDArray[np.bool_]) -> float:
    """The mean of how many of either kind are told right."""
    return float((told[supported].mean() + (~told)[~supported].mean()) / 2)


def compare(name: str, examples: Sequence[Example]) -> None:
    """Fit on each half and measure on the other, beside a threshold on the similarity of whole sentences."""
    for half in (0, 1):
        train = [example for example in examples if example.half == half]
        test = [example for example in examples if example.half != half]
        truth = np.array([example.supported for example in test])
        weights, bias = fitted(train)
        told = np.array([features(example) for example in test]) @ weights + bias > 0
        rules = np.array([example.rules for example in test])
        known = np.array([example.supported for example in train])
        near = np.array([example.coverage.near for example in train])
        threshold = max(np.unique(near), key=lambda value: balanced_accuracy(known, near >= value))
        alone = np.array([example.coverage.near >= threshold for example in test])
        print(
            f"{name}, measured on half {1 - half} ({len(test)}): {balanced_accuracy(truth, told):.3f}; "
            f"with names, figures, negations and hedges: {balanced_accuracy(truth, told & rules):.3f}; "
            f"sentence similarity alone, from {threshold:.2f}: {balanced_accuracy(truth, alone):.3f}"
        )


def written(within: Sequence[Example], across: Sequence[Example]) -> str:
    """The file that ships, fitted on everything."""
    (aligned, repeated), bias = fitted(within)
    weights, across_bias = fitted(across)
    lines = [
        "# Made by scripts/fit_checking.py: how much of a statement what it cites has to cover (checking/meaning.py).",
        "[within]  # a language: log odds",
        f"bias = {bias:.3f}",
        f"aligned = {aligned:.3f}",
        f"repeated = {repeated:.3f}",
        "",
        "[across]  # languages",
        f"bias = {across_bias:.3f}",
        f"aligned = {weights[0]:.3f}",
        f"near = {weights[1]:.3f}",
        "",
        "[languages]  # what each of the two adds",
        *(f"{language} = {weight:.3f}" for language, weight in zip(NTREX, weights[2:], strict=True)),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit, and print or write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the evaluation data: has wice/ and ntrex/")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    arguments = parser.parse_args()
    reader = Reader()
    within = wice(arguments.folder, reader)
    compare("WiCE", within)
    across = ntrex(arguments.folder, reader)
    compare("NTREX across languages", across)
    if arguments.write:
        TARGET.write_text(written(within, across), "utf-8")


if __name__ == "__main__":
    main()
