"""Reads the training data: a question, a passage, and what of it answers. Knows files; knows no model.

Held for development, and never read here: the last 8 articles of XQuAD in any language, TyDi QA in Arabic, Russian
and English (dev), MLQA, FA-KES, and the odd half of ClapNQ (tests/training proves it by hash).
"""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.sentences import split_sentences
from training.events import event_examples

__all__ = ["TRAINING_ARTICLES", "TYDI", "Example", "held_passages", "read_all", "read_squad"]

TRAINING_ARTICLES = 16  # of XQuAD's 24
_XQUAD_QUESTIONS = {"en": 30, "ar": 28, "de": 20, "ru": 14, "tr": 3, "es": 2, "el": 1, "hi": 1, "zh": 1}
_XQUAD_PASSAGES = {"de": 30, "en": 24, "ar": 22, "ru": 16, "tr": 3, "es": 3, "el": 1, "ro": 1}
_XQUAD_DRAWS = 10  # pairs of languages a question
TYDI = {
    "english_tydiqa_train": ("en", 3696),
    "korean_tydiqa_train": ("ko", 1200),
    "swahili_tydiqa_train": ("sw", 1200),
    "finnish_tydiqa_dev": ("fi", 782),
    "indonesian_tydiqa_dev": ("id", 565),
    "bengali_tydiqa_dev": ("bn", 113),
    "telugu_tydiqa_dev": ("te", 669),
}
"""The files of TyDi QA that are trained on, with their languages and how many questions."""
_AFRIQA = 360  # questions of each of the nine files
_EVENTS = 3_000
_CUT = 0.25  # of the questions are asked again of their passage without the sentence that answers
_FOLD = 40  # one passage in so many is held out, for calibration
_FOLD_ARTICLE = TRAINING_ARTICLES - 1  # of XQuAD
_NTREX = {"en": "src.eng", "de": "ref.deu", "ar": "ref.arb", "ru": "ref.rus", "fr": "ref.fra", "fa": "ref.fas"}


@dataclass(frozen=True, slots=True)
class Example:
    """A question with a passage.

    `sentences` are spans of characters; `support` numbers those that answer (none: the passage does not answer);
    `span` is the phrase that answers, where the data has one. `unsure` numbers the sentences that hold the answer's
    words too, of which the data does not say whether they answer: they count neither way.
    """

    source: str
    question: str
    passage: str
    sentences: tuple[tuple[int, int], ...]
    support: tuple[int, ...]
    span: tuple[int, int] | None = None
    unsure: tuple[int, ...] = ()
    group: str = ""

    @property
    def held_out(self) -> bool:
        """Whether it is of the fold that is not trained on: by its whole passage, and of XQuAD by the article,
        since another language's paragraph says the same."""
        if self.group.startswith("xquad"):
            return self.group == f"xquad {_FOLD_ARTICLE}"
        return zlib.crc32((self.group or self.passage).encode()) % _FOLD == 0


Draw = random.Random


def read_all(shared: Path, seed: int) -> list[Example]:
    """All training examples, shuffled; the same for the same seed. Two in five have no answer in their passage.

    What shares a passage or a longer sentence with a text that is held for development is left out.
    """
    draw = random.Random(seed)
    found: list[Example] = []
    for read in (_xquad, _tydi, _arcd, _heq, _afriqa, _timeqa, _clapnq, _ntrex, _events):
        found += read(shared, draw)
    held = {piece for passage in held_passages(shared) for piece in _pieces(passage)}
    found = [example for example in found if held.isdisjoint(_pieces(example.passage))]
    found += [cut for cut in map(_without_answer, found) if cut is not None and draw.random() < _CUT]
    draw.shuffle(found)
    return found


def held_passages(shared: Path) -> Iterator[str]:
    """The passages of the development data, in all languages."""
    folder = shared / "eval"
    for path in sorted((folder / "xquad").glob("xquad.*.json")):
        yield from (paragraph["context"] for _, paragraph in read_squad(path, TRAINING_ARTICLES))
    for path in sorted((folder / "tydiqa").glob("*.json")):
        yield from (paragraph["context"] for _, paragraph in read_squad(path))
    yield from (row["context"] for row in _lines(folder / "mlqa-de/mlqa_de_dev.converted.jsonl"))
    yield from (row["article_content"] for row in _lines(folder / "fa-kes/reports.jsonl"))
    for name in ("answerable", "unanswerable"):
        rows = _lines(folder / f"clapnq/{name}.jsonl")[1::2]
        yield from (" ".join(row["passages"][0]["sentences"]) for row in rows)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _pieces(text: str) -> set[str]:
    """The text and its sentences, roughly, where they are long enough to be telling."""
    pieces = [text, *re.split(r"(?<=[.!?؟。।])\s+", text)]
    return {piece for piece in (" ".join(piece.split()).casefold() for piece in pieces) if len(piece) > 50}


def _answered(
    source: str, question: str, passage: str, language: str, start: int, answer: str, others: Iterable[str] = ()
) -> Example | None:
    """None where the data's offset is wrong; `others` are further answers."""
    if not answer.strip() or passage[start : start + len(answer)] != answer:
        return None
    sentences = _sentences(passage, language)
    holding = tuple(number for number, (first, last) in enumerate(sentences) if first <= start < last)
    unsure = tuple(
        number
        for number, (first, last) in enumerate(sentences)
        if number not in holding and any(_holds(passage[first:last], one) for one in (answer, *others))
    )
    end = start + len(answer)
    return Example(source, question, passage, sentences, holding, (start, end), unsure) if holding else None


def _holds(text: str, answer: str) -> bool:
    return answer.strip().casefold() in text.casefold()


def _without_answer(example: Example) -> Example | None:
    """The nearest miss there is: the passage less the one sentence that answers; None where too little is left.

    Not of ClapNQ, where several sentences answer together, nor of the made ones, which have their own misses.
    """
    if len(example.support) != 1 or example.unsure or len(example.sentences) < 3:
        return None
    if example.source in ("clapnq", "ntrex", "events"):
        return None
    number = example.support[0]
    start, end = example.sentences[number]
    end = example.sentences[number + 1][0] if number + 1 < len(example.sentences) else end
    passage = example.passage[:start] + example.passage[end:]
    spans = [span for place, span in enumerate(example.sentences) if place != number]
    moved = tuple((a - (end - start), b - (end - start)) if a > start else (a, b) for a, b in spans)
    group = example.group or example.passage
    return replace(example, passage=passage, sentences=moved, support=(), span=None, group=group)


def _unanswered(source: str, question: str, passage: str, language: str) -> Example:
    return Example(source, question, passage, _sentences(passage, language), ())


@cache
def _sentences(text: str, language: str) -> tuple[tuple[int, int], ...]:
    return tuple((sentence.start, sentence.end) for sentence in split_sentences("", text, language))


def read_squad(path: Path, first: int = 0, last: int | None = None) -> list[tuple[str, dict[str, Any]]]:
    """(title, paragraph) in order, from the article `first` up to, without, `last`."""
    data = json.loads(path.read_text("utf-8"))["data"][first:last]
    return [(article["title"], paragraph) for article in data for paragraph in article["paragraphs"]]


def _pick(weights: dict[str, int], draw: Draw) -> str:
    return draw.choices(list(weights), list(weights.values()))[0]


def _xquad(shared: Path, draw: Draw) -> list[Example]:
    """Question and paragraph in languages drawn apart; unanswerable: a paragraph that is near in its words."""
    articles = {
        language: json.loads((shared / f"eval/xquad/xquad.{language}.json").read_text("utf-8"))["data"][
            :TRAINING_ARTICLES
        ]
        for language in _XQUAD_QUESTIONS.keys() | _XQUAD_PASSAGES.keys()
    }
    english = [paragraph for article in articles["en"] for paragraph in article["paragraphs"]]
    places = [(n, place) for n, article in enumerate(articles["en"]) for place in range(len(article["paragraphs"]))]
    asked_in_english = [qa["question"] for paragraph in english for qa in paragraph["qas"]]
    pool = [paragraph["context"] for paragraph in english]
    near = dict(zip(asked_in_english, _nearest(asked_in_english, pool), strict=True))
    found: list[Example] = []
    for number in range(TRAINING_ARTICLES):
        group = f"xquad {number}"
        paragraphs = {language: data[number]["paragraphs"] for language, data in articles.items()}
        for place, paragraph in enumerate(paragraphs["en"]):
            for order, qa in enumerate(paragraph["qas"]):
                others = [places[n] for n in near[qa["question"]] if places[n] != (number, place)]
                others = [one for one in others if (one[0] == _FOLD_ARTICLE) == (number == _FOLD_ARTICLE)][:5]
                for _ in range(_XQUAD_DRAWS):
                    asked, told = _pick(_XQUAD_QUESTIONS, draw), _pick(_XQUAD_PASSAGES, draw)
                    question = paragraphs[asked][place]["qas"][order]["question"]
                    answer = paragraphs[told][place]["qas"][order]["answers"][0]
                    context = paragraphs[told][place]["context"]
                    example = _answered("xquad", question, context, told, answer["answer_start"], answer["text"])
                    if example is not None:
                        found.append(replace(example, group=group))
                    if others and draw.random() < 0.5:
                        article, other = draw.choice(others)
                        wrong = articles[told][article]["paragraphs"][other]["context"]
                        if not _holds(wrong, answer["text"]):
                            found.append(replace(_unanswered("xquad", question, wrong, told), group=group))
    return found


def _tydi(shared: Path, draw: Draw) -> list[Example]:
    found = []
    for name, (language, count) in TYDI.items():
        rows = [
            (qa["question"], paragraph["context"], qa["answers"][0])
            for _, paragraph in read_squad(shared / f"train/{name}.json")
            for qa in paragraph["qas"]
        ]
        draw.shuffle(rows)
        found += _with_near_misses("tydi", rows[:count], [context for _, context, _ in rows], language, draw)
    return found


def _arcd(shared: Path, draw: Draw) -> list[Example]:
    rows = [
        (qa["question"].strip(" -"), paragraph["context"], qa["answers"][0])
        for _, paragraph in read_squad(shared / "train/arcd-train.json")
        for qa in paragraph["qas"]
    ]
    contexts = [context for _, context, _ in rows]
    return _with_near_misses("arcd", rows, contexts, "ar", draw) + _with_near_misses("arcd", rows, contexts, "ar", draw)


def _heq(shared: Path, draw: Draw) -> list[Example]:
    found: list[Example | None] = []
    for _, paragraph in read_squad(shared / "train/heq_val.json"):
        for qa in paragraph["qas"]:
            if qa["answers"]:
                answer = qa["answers"][0]
                found.append(
                    _answered("heq", qa["question"], paragraph["context"], "he", answer["answer_start"], answer["text"])
                )
            else:
                found.append(_unanswered("heq", qa["question"], paragraph["context"], "he"))
    return [example for example in found if example]


def _afriqa(shared: Path, draw: Draw) -> list[Example]:
    found = []
    for path in sorted((shared / "train/afriqa").glob("*.json")):
        language = path.name.split(".")[3]
        rows = []
        for row in _lines(path):
            question = row["question_translated"] if draw.random() < 0.6 else row["question_lang"]
            text = (row["answer_pivot"]["text"] or [""])[0]
            if row["context"] and text:
                rows.append((question, row["context"], {"answer_start": row["context"].find(text), "text": text}))
        draw.shuffle(rows)
        found += _with_near_misses("afriqa", rows[:_AFRIQA], [context for _, context, _ in rows], language, draw)
    return found


def _with_near_misses(
    source: str, rows: Sequence[tuple[str, str, dict[str, Any]]], contexts: Iterable[str], language: str, draw: Draw
) -> list[Example]:
    """The rows, and for half of them the question again with a passage near it that lacks the answer."""
    pool = list(dict.fromkeys(contexts))
    nearest = _nearest([question for question, _, _ in rows], pool)
    found: list[Example | None] = []
    for (question, context, answer), near in zip(rows, nearest, strict=True):
        found.append(_answered(source, question, context, language, answer["answer_start"], answer["text"]))
        wrong = [pool[n] for n in near if pool[n] != context and not _holds(pool[n], answer["text"])]
        if not wrong:  # all that is near in its words has the answer's, too
            other = draw.choice(pool)
            wrong = [other] if other != context and not _holds(other, answer["text"]) else []
        if wrong and draw.random() < 0.5:
            found.append(_unanswered(source, question, draw.choice(wrong[:4]), language))
    return [example for example in found if example]


def _nearest(questions: Sequence[str], pool: Sequence[str]) -> list[list[int]]:
    """The 8 texts with the rarest pieces of words in common, best first."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 5), sublinear_tf=True, min_df=2)
    texts = vectorizer.fit_transform(pool)
    scores = vectorizer.transform(questions) @ texts.T
    return [list(np.argsort(-row.toarray()[0], kind="stable")[:8]) for row in scores]


def _timeqa(shared: Path, draw: Draw) -> list[Example]:
    """The paragraph with the answer; unanswerable: another paragraph of the page, or one of a page that has none."""
    found: list[Example | None] = []
    for name in ("easy", "hard"):
        with gzip.open(shared / f"train/timeqa_{name}.json.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        for row in rows:
            texts = [paragraph["text"].strip() for paragraph in row["paragraphs"] if len(paragraph["text"]) > 60]
            targets = [target for target in row["targets"] if target.strip()]
            holding = [text for text in texts if targets and targets[0] in text]
            without = [text for text in texts if not any(_holds(text, target) for target in targets)]
            if len(holding) == 1:
                at = holding[0].find(targets[0])
                found.append(_answered("timeqa", row["question"], holding[0], "en", at, targets[0], targets[1:]))
            wanted = 0.35 if targets else 1.0
            if without and draw.random() < wanted:
                words = set(re.findall(r"\w+", row["question"].casefold()))
                without.sort(key=lambda text: -len(words & set(re.findall(r"\w+", text.casefold()))))
                found.append(_unanswered("timeqa", row["question"], draw.choice(without[:3]), "en"))
    return [example for example in found if example]


def _clapnq(shared: Path, draw: Draw) -> list[Example]:
    """The even rows; the odd ones are held for development."""
    found = []
    for name in ("answerable", "unanswerable"):
        for row in _lines(shared / f"eval/clapnq/{name}.jsonl")[::2]:
            passage, selected = row["passages"][0], set(row["output"][0]["selected_sentences"])
            text, spans, support = "", [], []
            for number, sentence in enumerate(passage["sentences"]):
                spans.append((len(text), len(text) + len(sentence)))
                text += sentence + " "
                if sentence in selected:
                    support.append(number)
            if support or name == "unanswerable":
                found.append(Example("clapnq", row["input"], text.rstrip(), tuple(spans), tuple(support)))
    return found


def _ntrex(shared: Path, draw: Draw) -> list[Example]:
    """A sentence of the news in one language, and a run of sentences in another that has it, or does not.

    Of half of them some words are left out, so that a part has to do, as in a question.
    """
    lines = {
        language: (shared / f"eval/ntrex/newstest2019-{name}.txt").read_text("utf-8").splitlines()
        for language, name in _NTREX.items()
    }
    found = []
    for place in range(len(lines["en"]) - 5):
        asked, told = draw.sample(sorted(_NTREX), 2)
        first = place + 1 if draw.random() < 0.3 else place - draw.randrange(4)
        run = [line.strip() for line in lines[told][max(first, 0) : max(first, 0) + 4]]
        text = " ".join(run)
        ends = np.cumsum([len(line) + 1 for line in run]) - 1
        spans = tuple((int(end) - len(line), int(end)) for end, line in zip(ends, run, strict=True))
        support = (place - max(first, 0),) if first <= place else ()
        words = lines[asked][place].split()
        if draw.random() < 0.5:
            words = [word for word in words if draw.random() < 0.6] or words
        found.append(Example("ntrex", " ".join(words), text, spans, support))
    return found


def _events(shared: Path, draw: Draw) -> list[Example]:
    found: list[Example | None] = []
    for made in event_examples(shared / "eval/ucdp-ged/ucdp_syria.converted.csv.gz", _EVENTS, draw):
        if made.answer is None:
            found.append(_unanswered("events", made.question, made.passage, made.language))
        else:
            found.append(_answered("events", made.question, made.passage, made.language, *made.answer))
    return [example for example in found if example]
