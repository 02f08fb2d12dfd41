"""The records that flow through Lagebild: frozen, typed, and knowing nothing of stores, models or pages.

Offsets are counted in code points of `Report.text`, start inclusive, end exclusive. They travel with the
text from the file to the screen, and a quote is always sliced by them, never copied beside them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from assistant.dates import PartialDate

__all__ = [
    "DATE",
    "PLACE",
    "Answer",
    "Caveat",
    "CaveatKind",
    "Citation",
    "Confidence",
    "Copy",
    "Hit",
    "Mention",
    "Missing",
    "Passage",
    "Problem",
    "ProblemKind",
    "QuestionPart",
    "Refusal",
    "Report",
    "ScoredSentence",
    "Sentence",
    "Settled",
    "Statement",
    "Support",
    "independent_sources",
]

DATE, PLACE = "date:", "place:"
"""What the entity of a mention begins with where it is a date, or a place."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report, with its full text exactly as it was read.

    `source` and `url` are None where the file does not say; `language` is an ISO 639-1 code, "und" where
    none could be told. `details` are further things that are known of it, such as its author, or how its date was
    found; they are no part of what makes its id.
    """

    id: str
    title: str
    text: str
    published: PartialDate = field(default_factory=PartialDate)
    source: str | None = None
    url: str | None = None
    language: str = "und"
    details: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def make(
        cls,
        text: str,
        *,
        title: str,
        published: PartialDate | None = None,
        source: str | None = None,
        url: str | None = None,
        language: str = "und",
        details: Mapping[str, str] | None = None,
    ) -> Report:
        """A report whose id is made of its content, so that the same content always has the same id."""
        published = published or PartialDate()
        content = json.dumps([title, text, str(published), source, url, language])
        digest = hashlib.sha256(content.encode())
        return cls(digest.hexdigest()[:16], title, text, published, source, url, language, dict(details or {}))

    @property
    def page_starts(self) -> tuple[int, ...]:
        """The offsets at which its pages begin, in order; none where it has no pages, or its details say no numbers."""
        said = self.details.get("page_starts", "").split()
        if not all(re.fullmatch("[0-9]{1,9}", one) for one in said):
            return ()
        return tuple(sorted(map(int, said)))


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where a sentence lies: `Report.text[start:end]`. `number` counts from 0 within the report."""

    report_id: str
    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences that is embedded as one: sentences `first` to `last`, both included."""

    id: str
    report_id: str
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names a place, a group or a date: `text[start:end]`.

    `entity` is `place:` and its GeoNames number, or its name in data/regions.toml; `group:` and its name in
    data/groups.toml; or `date:` and a `PartialDate` as it is written. `name` is what it is called here, whatever the
    text calls it.
    """

    start: int
    end: int
    entity: str
    name: str

    @property
    def date(self) -> PartialDate | None:
        """The date, where it is one."""
        return PartialDate.parse(self.entity.removeprefix(DATE)) if self.entity.startswith(DATE) else None


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence with its fit to the question: the mean of its own fit and that of its passage (retrieval.py).

    From -1 to 1 or little more, higher is better; with the embedded model 0 is chance (background.py). What a reader
    read scores more, the surer it is (reading.py), and may have a `phrase`: the span of `Report.text` that answers.
    `timely` is how well it fits the time that is asked about, 0 to 1 (scoring.py); 1 where none is.
    """

    sentence: Sentence
    score: float
    phrase: tuple[int, int] | None = None
    timely: float = 1.0


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a near-copy of a cited report says what is quoted: `report.text[start:end]`.

    `differs` is whether it says it in other words.
    """

    report: Report
    start: int
    end: int
    differs: bool

    @property
    def quote(self) -> str:
        """The words of the copy, sliced from it."""
        return self.report.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with all of its sentences scored.

    `score` is that of its best sentence. `why` names the parts that it is the sum of, with their scales in scoring.py:
    `dense` (meaning), `lexical` (words and numbers), `place` (places and groups), `date` (the time asked about).
    `names` are the places and groups of the question that the passage names, as it spells them. `copies` are the
    near-copies of the report: it stands for them, and they are no sources of their own.
    Where a reader read it, `why` has `reading` as well, and `answers` is how likely it is that some sentence of it
    answers (0 to 1); None where the reader cannot tell, or where nobody read it.
    `covered` is the share of the question's words that the passage has, by their rarity (0 to 1).
    """

    report: Report
    passage: Passage
    sentences: tuple[ScoredSentence, ...]
    score: float
    why: Mapping[str, float] = field(default_factory=dict)
    names: tuple[Mention, ...] = ()
    copies: tuple[Report, ...] = ()
    answers: float | None = None
    covered: float = 0.0

    @property
    def text(self) -> str:
        """The passage, sliced from its report."""
        return self.report.text[self.passage.start : self.passage.end]

    @property
    def best(self) -> ScoredSentence:
        """The sentence of the passage that fits the question best; the earlier one of equals."""
        return max(self.sentences, key=lambda scored: scored.score)


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered place in a report. `passage` is the paragraph around the quote, for showing it in context.

    `names` are the places and groups of the question that the passage names, `copies` where near-copies of the report
    say the same.
    `phrase` is the part of the quote that answers, as a span of the report's text, where a reader marked one.
    `score` and `why` are those of the hit that it was taken from; None and empty where it was kept before these were.
    """

    number: int
    report: Report
    start: int
    end: int
    passage: Passage
    names: tuple[Mention, ...] = ()
    copies: tuple[Copy, ...] = ()
    phrase: tuple[int, int] | None = None
    score: float | None = None
    why: Mapping[str, float] = field(default_factory=dict, hash=False)

    @property
    def pieces(self) -> tuple[str, str, str]:
        """The quote in three: before the phrase, the phrase, and after it; where there is none, all is before it."""
        start, end = self.phrase or (self.end, self.end)
        text = self.report.text
        return text[self.start : start], text[start:end], text[end : self.end]

    @property
    def quote(self) -> str:
        """The cited words, sliced from the report and so byte for byte the report's own."""
        return self.report.text[self.start : self.end]

    @property
    def page(self) -> int | None:
        """The page of the document on which the quote begins, counted from 1; None where the report has no pages."""
        return bisect_right(self.report.page_starts, self.start) or None


class Support(StrEnum):
    """How far a statement rests on what it cites."""

    SUPPORTED = "supported"
    PARTLY = "partly"  # something in it is said otherwise, or not quite, by what it cites
    NOT = "not"


class ProblemKind(StrEnum):
    """What of a statement does not rest on what it cites."""

    UNCITED = "uncited"  # it cites nothing
    UNKNOWN_KEY = "unknown_key"  # it cites what does not exist
    ADDRESS = "address"  # of the web or of a person, which the cited sentences do not have
    QUOTE = "quote"  # words in quotation marks that are no words of the cited sentences
    NAME = "name"
    NUMBER = "number"
    DATE = "date"
    NEGATION = "negation"  # it denies what is said, or says what is denied
    HEDGE = "hedge"  # the source calls it unconfirmed or claimed, and the statement does not
    MEANING = "meaning"  # it is about something else


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a statement says and its citations do not, told in the language of the answer."""

    kind: ProblemKind
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that an answer says, and the numbers of the citations that it rests on.

    A verbatim quote is supported by itself. What is not supported says why, and may cite nothing at all.
    """

    text: str
    citations: tuple[int, ...]
    support: Support = Support.SUPPORTED
    problems: tuple[Problem, ...] = ()

    @property
    def doubt(self) -> str:
        """What of it does not rest on what it cites, in words; empty where all of it does."""
        return " ".join(problem.text for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Settled:
    """A statement of an answer that is still being made: checked, and in the answer it will stand as it stands here.

    `citations` are those that it is the first to rest on; all others came with a statement before it.
    """

    statement: Statement
    citations: tuple[Citation, ...] = ()


class CaveatKind(StrEnum):
    """What a reader has to bear in mind."""

    UNCONFIRMED = "unconfirmed"  # the source itself hedges or claims
    DENIED = "denied"  # the source tells that somebody denies or corrects something
    PLANNED = "planned"  # the source tells what is planned, threatened or expected, and the question asks of no plan
    MAYBE_LATER = "maybe_later"  # asked as of a day, and the report may be from after it
    OLD = "old"  # asked how things stand, and the newest report is from long before
    ONE_SOURCE = "one_source"  # everything cited comes from one source
    NOT_FROM_MODEL = "not_from_model"  # a language model was asked, and the answer is quoted all the same
    CUT_OFF = "cut_off"  # the language model broke off
    LEFT_OUT = "left_out"  # it wrote statements that what they cite does not support
    SOURCES_DIFFER = "sources_differ"  # what one of them says contradicts another one
    OTHER_TIME = "other_time"  # asked about a time, and nothing that is cited is from it or tells of it
    NO_REASON = "no_reason"  # asked why, and no sentence that is cited has a word that tells a reason
    TELLS_MACHINE = "tells_machine"  # a cited report has orders for whoever writes an answer; they are not followed
    COPY_DIFFERS = "copy_differs"  # a near-copy of a cited report has other words in the place of the quote


@dataclass(frozen=True, slots=True)
class Caveat:
    """A warning about some of the citations, in the language of the answer."""

    kind: CaveatKind
    text: str
    citations: tuple[int, ...]


class Refusal(StrEnum):
    """Why there is no answer. A state, never a phrase to look for in a text."""

    NOT_IN_REPORTS = "not_in_reports"
    NO_REPORTS = "no_reports"


class Confidence(StrEnum):
    """How sure it is that what an answer quotes answers the question; not that the reports are right."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Missing(StrEnum):
    """What the reports do not have, where they do not say what is asked."""

    LIMITS = "limits"  # none of them is within the limits of the question
    PLACE = "place"  # a place or group of the question is in none of them
    TIME = "time"  # what comes nearest is from another time than is asked about, and does not tell of that
    SUBJECT = "subject"  # what is asked of them


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """A place, a group or a time that a question was understood to ask about; `text` has the question's own words.

    `since` and `until` are the days that a time means, both included, None where it is open. `without` is the question
    without it, to be asked instead; None where nothing is left.
    """

    kind: str  # "place", "group" or "time"
    text: str
    without: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, what the reports say to it, and what that rests on.

    `summary` is one plain line in `language`: as of when the answer holds, or that the reports do not say.
    `as_of` is the date of the newest report cited, None with a refusal. With a refusal there are no
    statements and no citations, and `hits` are the nearest passages, offered as such; `missing` says what they lack.
    `parts` are the places, groups and times that the question was understood to ask about, in its order.
    `confidence` is None where nothing tells it.
    """

    question: str
    language: str
    summary: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    as_of: PartialDate | None = None
    refusal: Refusal | None = None
    caveats: tuple[Caveat, ...] = ()
    hits: tuple[Hit, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    missing: Missing | None = None
    parts: tuple[QuestionPart, ...] = ()
    confidence: Confidence | None = None

    def citation(self, number: int) -> Citation:
        """The citation with this number; a KeyError where there is none."""
        for citation in self.citations:
            if citation.number == number:
                return citation
        raise KeyError(number)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the same at every door."""
        from assistant.plain_data import answer_to_dict

        return answer_to_dict(self)


def independent_sources(citations: Iterable[Citation]) -> int:
    """How many sources citations come from. Near-copies are none of their own; an unnamed source counts by report."""
    return len({citation.report.source or citation.report.id for citation in citations})
