"""What the REST door takes and gives, for its OpenAPI document: the shapes of `Answer.to_dict` and its like."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from assistant.dates import PartialDate
from assistant.errors import QuestionError
from assistant.filter import MAX_VALUES, Filter
from assistant.language import detect_language
from assistant.records import Report
from assistant.turns import SOMETHING

__all__ = [
    "SOMETHING",
    "Alive",
    "Answered",
    "Asked",
    "Course",
    "Day",
    "Found",
    "Given",
    "Limits",
    "Looked",
    "Name",
    "Named",
    "NewReport",
    "Places",
    "Problem",
    "ReportAbout",
    "ReportAdded",
    "ReportPage",
    "ReportText",
    "Statuses",
]

Name = Annotated[str, Field(min_length=1, max_length=500)]
Names = Annotated[list[Name], Field(max_length=MAX_VALUES)]
_TEXT = "The crossing was taken on Thursday. Residents fled across the river."
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAYS = rf"(?:{_MONTH}-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_LEAP = r"(?:[1-9]\d(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)"
_DATE = rf"^(?:[1-9]\d{{3}}(?:-{_MONTH}|-{_DAYS})?|{_LEAP}-02-29)?$"


def _told_in_words(value: object) -> object:
    """Where a date is none: what to write, in place of the pattern that it does not match."""
    if isinstance(value, str) and not re.fullmatch(_DATE, value):
        raise ValueError(f"{value[:40]!r} is no date; write it as 2017-11-09, 2017-11 or 2017")
    return value


Day = Annotated[
    str, Field(pattern=_DATE, examples=["2017-11-09", "2017-11", "2017", ""]), BeforeValidator(_told_in_words)
]


class Limits(BaseModel):
    """Which reports an answer may come from."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[Day, Field(description="Only what was published on this day, month or year, or later.")] = ""
    until: Annotated[Day, Field(description="Only what was published by then: what was known as of it.")] = ""
    languages: Annotated[Names, Field(description="Only reports in these (ISO 639-1).", examples=[["de"]])] = []
    sources: Annotated[Names, Field(description="Only reports of these, as they spell themselves.")] = []
    places: Annotated[Names, Field(description="Only reports that name one of these, in any spelling.")] = []
    reports: Annotated[Names | None, Field(description="Only the reports with these ids.")] = None

    def among(self) -> Filter:
        """The limits; a QuestionError where a date does not exist."""
        return Filter.told(self.since, self.until, self.languages, self.sources, self.places, self.reports)


class Asked(Limits):
    """A question, and which reports the answer may come from."""

    question: Annotated[str, Field(pattern=SOMETHING, examples=["Who controls Abu Kamal?"])]


class Looked(Asked):
    """The same, and how many passages are wanted."""

    count: Annotated[int, Field(ge=1, le=100)] = 10


class NewReport(BaseModel):
    """A report to be added. `language` (ISO 639-1) is told from the text where it is left out."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str, Field(min_length=1, description="Kept as it is: citations are offsets into it.", examples=[_TEXT])
    ]
    title: Annotated[str, Field(min_length=1, max_length=2_000, examples=["A crossing is taken"])]
    published: Annotated[Day, Field(description="Empty where it is not known.")] = ""
    source: Name | None = None
    url: Annotated[str, Field(max_length=2_000, pattern=rf"^https?://{SOMETHING}+$")] | None = None
    language: (
        Annotated[str, Field(pattern=r"^[a-z]{2,3}$", description="ISO 639-1; told from the text where left out.")]
        | None
    ) = None
    details: Annotated[dict[str, str], Field(description="Further things that are known of it.")] = {}

    def report(self) -> Report:
        """As a record; a QuestionError where the date does not exist."""
        try:
            date = PartialDate.parse(self.published) if self.published else PartialDate()
        except ValueError as error:
            raise QuestionError(f"published: {error}") from None
        language = self.language or detect_language(self.text)
        return Report.make(
            self.text,
            title=self.title,
            published=date,
            source=self.source,
            url=self.url,
            language=language,
            details=self.details,
        )


class Given(BaseModel):
    """What the door gives; what a later version says more goes through."""

    model_config = ConfigDict(extra="allow")


class ReportAbout(Given):
    """What is known of a report. `published` is a day, a month, a year, a span, or `unknown`."""

    id: str
    title: str
    source: str | None
    published: str
    language: str
    url: str | None
    details: dict[str, str]


class ReportText(ReportAbout):
    """A report with its text; offsets count its code points."""

    text: str


class ReportPage(Given):
    """Some reports; `next` is what the following page comes after, null on the last one."""

    reports: list[ReportAbout]
    next: str | None


class ReportAdded(Given):
    """The id of a report; `added` is false where it was there already."""

    id: str
    added: bool


class Mentioned(Given):
    """A place or a group that the question names, and how the report spells it."""

    start: int
    end: int
    spelled: str
    entity: str
    name: str


class Span(Given):
    """Where something stands in the text of its report: start included, end excluded."""

    start: int
    end: int


class CopyOf(Span):
    """Where a near-copy of the report says the same; `differs` is whether in other words."""

    quote: str
    differs: bool
    report: ReportAbout


class Cited(Span):
    """A numbered place in a report: `text[start:end]` is `quote`, byte for byte."""

    number: int
    quote: str
    page: int | None
    phrase: Span | None
    score: float | None
    why: dict[str, float]
    report: ReportAbout
    names: list[Mentioned]
    copies: list[CopyOf]


class Doubt(Given):
    """Why a statement is not supported, or only partly."""

    kind: str
    text: str


class Stated(Given):
    """One thing that the answer says, and the numbers of the citations that it rests on.

    `support` is "supported", "partly" or "not": what is not is no part of the answer, and shown as such if at all.
    """

    text: str
    citations: list[int]
    support: str
    problems: list[Doubt]


class Warned(Given):
    """What to bear in mind about some of the citations."""

    kind: str
    text: str
    citations: list[int]


class Scored(Span):
    """A sentence and how well it fits; higher is better."""

    score: float


class HitFound(Span):
    """A passage that was found. `score` is the sum of the parts in `why`; higher is better."""

    report: ReportAbout
    text: str
    score: float
    why: dict[str, float]
    names: list[Mentioned]
    copies: list[ReportAbout]
    best_sentence: Scored


class Found(Given):
    """Passages, best first."""

    hits: list[HitFound]


class Part(Given):
    """What the question was understood to ask about: a "place", a "group", or a "time" with the days that it means.

    `without` is the question without it, to be asked instead.
    """

    kind: str
    text: str
    since: str | None
    until: str | None
    without: str | None


class Answered(Given):
    """What the reports say to a question; `refusal` is why they do not, `missing` what they lack
    ("limits", "place", "time", "subject"). `as_of` is the newest cited report's date, `confidence` "low", "moderate" or
    "high"."""

    question: str
    language: str
    summary: str
    statements: list[Stated]
    citations: list[Cited]
    independent_sources: int
    as_of: str | None
    refusal: str | None
    missing: str | None
    confidence: str | None
    caveats: list[Warned]
    hits: list[HitFound]
    provenance: dict[str, Any]
    parts: list[Part]


class NameFound(Given):
    """A place or a group, and how many reports name it."""

    name: str
    kind: str
    reports: int


class Named(Given):
    """Places and groups, the most frequent first."""

    names: list[NameFound]


class ToldAt(Span):
    """A sentence and the date that it is from; `told` is whether it tells that itself, or its report is from then."""

    date: str
    told: bool
    quote: str
    report: ReportAbout


class Course(Given):
    """Sentences in the order of time, and how many earlier ones are left out."""

    sentences: list[ToldAt]
    left_out: int


class Statuses(Given):
    """What the index holds."""

    data: str
    reports: int
    passages: int
    sentences: int
    languages: dict[str, int]
    oldest: str | None
    newest: str | None
    made_with: dict[str, str]


class PlaceFound(Given):
    """A place, where it is (degrees; null where that is not known), and how many reports name it."""

    entity: str
    name: str
    reports: int
    country: str | None
    latitude: float | None
    longitude: float | None


class Places(Given):
    """Places, the most frequent first."""

    places: list[PlaceFound]


class Alive(Given):
    """That the server answers."""

    status: str


class Problem(Given):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []
