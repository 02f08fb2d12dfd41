"""What several test modules share: places, small reports, and texts that are hard to cut."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.e5 import load_tokenizer
from assistant.embedding import Vectors, WordLengthEmbedder
from assistant.records import Report
from assistant.settings import Settings
from assistant.store import Catalog, IndexedReport, Origin
from index.indexing import index_reports, made_with

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "reports"
SHARED = ROOT.parent / "shared"
QUESTIONS = ROOT / "examples" / "questions.jsonl"
REAL_REPORT = SHARED / "reports" / "abu-kamal-2017-11.de.txt"

needs_shared = pytest.mark.skipif(
    not (SHARED / "eval").is_dir(), reason="needs the evaluation data (docs/data.md), which is not part of the project"
)
needs_real_report = pytest.mark.skipif(not REAL_REPORT.exists(), reason="needs a report that is not public")

FINGERPRINT = made_with(WordLengthEmbedder.identity)
"""What an index made with the WordLengthEmbedder says of itself."""


class CountingEmbedder(WordLengthEmbedder):
    """A WordLengthEmbedder that counts the texts that it was asked for."""

    def __init__(self) -> None:
        self.texts = 0

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return super().embed_passages(texts)


class NamedEmbedder(WordLengthEmbedder):
    """A WordLengthEmbedder under another name: to an index, another model."""

    def __init__(self, identity: str) -> None:
        self.identity = identity


def make_report(
    text: str = "The army took the town on Thursday. Residents fled across the river.",
    *,
    title: str = "A town is taken",
    published: str | None = "2017-11-09",
    source: str | None = "Levant Desk",
    url: str | None = None,
    language: str = "en",
) -> Report:
    """A small report; `published` as a string."""
    date = PartialDate.parse(published) if published is not None else PartialDate()
    return Report.make(text, title=title, published=date, source=source, url=url, language=language)


def numbered_report(number: int) -> Report:
    """A report of two sentences that no other number has."""
    words = " ".join("x" * (1 + (number >> bit) % 12) for bit in range(0, 8, 2))
    return make_report(
        f"Convoy {number} crossed the river near the old bridge. Its escort {words} went on to post {number}.",
        title=f"Convoy {number}",
    )


def make_indexed(report: Report) -> IndexedReport:
    """The report split, and embedded by word lengths."""
    return index_reports([report], WordLengthEmbedder())[0]


def put(catalog: Catalog, report: Report, origin: str, digest: str = "digest") -> None:
    """Store a report as the build does."""
    catalog.put(make_indexed(report), Origin(origin, digest), FINGERPRINT)


_PIECES = st.sampled_from(
    [
        *(
            "12 killed.",
            "12 killed. ",
            "12 killed. 12 killed.",
            "Gen. ",
            "U.S. ",
            "z.B. ",
            "bzw. ",
            "d. h. ",
            "3.5",
            "am 9. ",
        ),
        *(
            "...",
            "…",
            " … ",
            "?!",
            "! ",
            ". ",
            ".",
            "\n",
            "\n\n",
            "\r\n",
            "\r\n\r\n",
            "\t",
            " ",
            "  ",
            "\u00a0",
            "\u202f",
        ),
        *(
            "\u200b",
            "\u200d",
            "\ufeff",
            "\u202e",
            "\u0301",
            "\x0b",
            "\x0c",
            "\x1c",
            "\x85",
            "\u2028",
            "\u2029",
            "\u3000",
        ),
        *(
            "军队占领了这座城市。",
            "部队撤退了！",
            "دخلت القوات المدينة. ",
            "د. أحمد",
            "؟ ",
            "ทหารเข้าเมืองแล้ว ",
            "กองทัพถอย",
            "🚀",
            "👩‍👩‍👧 ",
            "🇸🇾",
        ),
        *(
            "„Ja.“ ",
            "“No.” ",
            "«Да.» ",
            "(etc.) ",
            "[1] ",
            "a",
            "A",
            "é",
            "J. R. Smith ",
            "die",
            "Die Armee",
            "x" * 400,
            "x" * 1200,
        ),
    ]
)
hard_texts = st.one_of(
    st.lists(_PIECES, max_size=30).map("".join),
    st.lists(st.one_of(_PIECES, st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=12).map(
        "".join
    ),
)
"""Texts with repeats, ellipses, many scripts, odd spaces and invisible characters; no lone surrogates."""


def make_cross_encoder(folder: Path, labels: Sequence[str]) -> Path:
    """The folder, with a tiny untrained cross-encoder in it that has these labels, and the embedded model's words."""
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=load_tokenizer(Settings.from_environment().cache),
        pad_token="<pad>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
    )
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
    )
    config.id2label, config.label2id = dict(enumerate(labels)), {label: place for place, label in enumerate(labels)}
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


LANGUAGES = ("de", "en", "ar", "ru", "fr", "zh", "th", "tr", "und", "xx")
