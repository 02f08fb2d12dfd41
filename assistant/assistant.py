"""The assistant: from a question to an answer, readable from top to bottom. What others import.

Importing it loads no model and opens no file; both happen on first use.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assistant.abstaining import what_is_missing
from assistant.analysis import bring_up_to_date, is_up_to_date
from assistant.answering import Answerer, Asked
from assistant.asynchronous import Asynchronous
from assistant.background import Background, background_for, fingerprint
from assistant.checking import Checker
from assistant.condensing import condense
from assistant.confidence import confidence
from assistant.conversation import Conversation
from assistant.dates import ALWAYS, Window
from assistant.embedding import EMBEDDED_IDENTITY, Embedder, expected_identity, load_embedder
from assistant.errors import QuestionError
from assistant.evidence import ReportSpan, evidence
from assistant.extractive import Extractive, decline, refuse
from assistant.filter import EVERYTHING, Filter
from assistant.found import Found
from assistant.gazetteer import GeoNames, open_gazetteer
from assistant.generative import Generative
from assistant.judge import Judge, load_judge
from assistant.llm import AnyLLM, LlamaIndexModel, load_llm
from assistant.overview import NameCount, PlaceCount, Status
from assistant.patience import Patience
from assistant.query import as_written
from assistant.question_parts import described
from assistant.reader import Reader, load_reader
from assistant.reading import READ, read_hits
from assistant.records import Answer, Hit, Missing, Refusal, Report, Settled
from assistant.retrieval import Retriever
from assistant.settings import EMBEDDED_READER, Settings
from assistant.store import Catalog, Conversations, VectorIndex, choose_place, writer_lock
from assistant.timeline import Told, timeline
from assistant.turns import Understood

if TYPE_CHECKING:
    from index.build import IngestResult, Prune
    from index.readers import FieldMap
    from index.reading import Step

__all__ = ["Assistant"]

_READ = 30  # passages that an answer is chosen from; the course of events is spread over more than the nearest few


class Assistant(Asynchronous):
    """Answers questions from the reports of one data folder. Safe to share between threads, and one of several.

    `aask`, `aask_stream`, `aretrieve` and `aingest` are for event loops, and so is `async with`.

    >>> with Assistant(data="my-reports") as assistant:       # doctest: +SKIP
    ...     answer = assistant.ask("Who controls Abu Kamal?")
    ...     answer.citations[0].quote
    """

    def __init__(
        self,
        data: Path | str | None = None,
        *,
        settings: Settings | None = None,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        llm: AnyLLM | None = None,
    ) -> None:
        """`data` wins over the settings' folder; without either, the environment decides. `embedder`, `reader` and
        `llm` replace the settings' models. Nothing is opened or loaded yet."""
        settings = settings or Settings.from_environment()
        self.settings = replace(settings, data=Path(data)) if data is not None else settings
        self._embedder = embedder
        self._reader = reader
        self._reader_loaded = reader is not None
        self._judge: Judge | None = None
        self._llm = LlamaIndexModel.of(llm) if llm is not None else None
        self._opened: tuple[Catalog, VectorIndex] | None = None
        self._kept: Conversations | None = None
        self._on_answer: list[Callable[[Answer, float], None]] = []
        self._guard = threading.RLock()
        self._loading = threading.Lock()  # apart, so that looking around does not wait for the model

    # -- asking

    def conversation(self, conversation_id: str | None = None) -> Conversation:
        """A new conversation, in which a question may lean on the one before; or the kept one with this id.

        It is kept in the data folder, unless the settings say otherwise.
        """
        return Conversation(self, self.conversations if self.settings.keep else None, conversation_id)

    def ask(
        self,
        question: str,
        among: Filter = EVERYTHING,
        today: dt.date | None = None,
        *,
        skip: frozenset[ReportSpan] = frozenset(),
    ) -> Answer:
        """Answer from the reports, with every statement cited; or refuse, with the nearest passages as hits.

        `among` limits the reports: `Filter(until=...)` asks what was known as of a day. "Last week" is before `today`:
        that day, or else the day of the clock. What `skip` touches is not quoted.

        Raises QuestionError where the question is empty or too long, DataFolderError (or one of its kind)
        where there is no usable index, SettingsError where the language model of the settings cannot be made.
        """
        stream = self.ask_stream(question, among, today, skip=skip)
        return next(said for said in stream if isinstance(said, Answer))

    def ask_stream(
        self,
        question: str,
        among: Filter = EVERYTHING,
        today: dt.date | None = None,
        *,
        skip: frozenset[ReportSpan] = frozenset(),
    ) -> Generator[str | Settled | Answer]:
        """As `ask`, with what a language model writes while it writes it: pieces of a draft (`str`) that nobody has
        checked, to be shown as such and to be replaced; each statement that is final before the whole is (`Settled`);
        and at the end the answer, which begins with these. What it raises, it raises at the first piece."""
        started = time.perf_counter()
        for said in self._answered(question, among, today, skip):
            yield self._signed(said, started) if isinstance(said, Answer) else said

    def quoted(self, question: str, among: Filter = EVERYTHING, today: dt.date | None = None) -> Answer:
        """As `ask`, but in quotes whatever writes, not signed, and nobody is told: what was answered once already."""
        stream = self._answered(question, among, today, answerer=Extractive())
        return next(said for said in stream if isinstance(said, Answer))

    def _answered(
        self,
        question: str,
        among: Filter,
        today: dt.date | None,
        skip: frozenset[ReportSpan] = frozenset(),
        answerer: Answerer | None = None,
    ) -> Generator[str | Settled | Answer]:
        question = self.checked(question)
        catalog, _ = self._open()
        if catalog.counts().reports == 0:
            yield refuse(question, Refusal.NO_REPORTS)
            return
        found = self.read(question, among, today, skip)
        missing = self._missing(found)
        parts = described(question, found.query.times, self.gazetteer, today or among.until or _clock())
        if missing is not None:
            yield replace(decline(question, missing, found.hits, found.unknown_names), parts=parts)
            return
        now = None if found.query.times else today or among.until or _clock()
        asked = Asked(question, tuple(found.hits), among.until, now, found.vectors)
        for said in (answerer or self.answerer).stream(asked):
            if isinstance(said, Answer):
                sure = confidence(found, said) if self._calibrated else None
                yield replace(said, parts=parts, confidence=sure)
            else:
                yield said

    def would_answer(
        self, question: str, among: Filter = EVERYTHING, today: dt.date | None = None, odds: float = 0.0
    ) -> bool:
        """Whether `ask` would answer this, and not refuse. Nothing is written, and nobody is told of an answer.

        With `odds`, whether it would if it asked for these log odds that what it found answers, and not for even ones.
        """
        return self._missing(self.read(question, among, today), odds) is None

    def read(
        self,
        question: str,
        among: Filter = EVERYTHING,
        today: dt.date | None = None,
        skip: frozenset[ReportSpan] = frozenset(),
    ) -> Found:
        """The evidence that was found for a question; where there is a reader, as it reads."""
        found = self.find(question, max(self.settings.hits, _READ), among, today)
        return replace(found, hits=self._reread(found.query.text, evidence(found.hits, skip)))

    def _reread(self, question: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        return hits if self.reader is None else tuple(read_hits(self.reader, as_written(question), hits))

    def _missing(self, found: Found, odds: float = 0.0) -> Missing | None:
        return what_is_missing(found, calibrated=self._calibrated, odds=odds)

    @property
    def _calibrated(self) -> bool:
        """Whether what tells an answer from none was fitted for the embedding model."""
        return self.background.relevant is not None

    def _signed(self, answer: Answer, started: float) -> Answer:
        """The answer with no more hits than the settings ask for, and with what made it, and in which time."""
        seconds = time.perf_counter() - started
        made = {"answerer": "extractive", **answer.provenance}
        about = {
            "embedding": self.embedder.identity,
            "reader": self.reader.identity if self.reader is not None else "none",
            "ms": str(round(seconds * 1000)),
        }
        answer = replace(answer, hits=answer.hits[: self.settings.hits], provenance={**made, **about})
        for observe in self._on_answer:
            observe(answer, seconds)
        return answer

    def on_answer(self, observe: Callable[[Answer, float], None]) -> None:
        """From now on tell `observe` of each answer, at whichever door, and how many seconds it took.

        It is called in the thread that asked, before that has the answer; what it raises, that one gets.
        """
        self._on_answer.append(observe)

    def retrieve(
        self, question: str, count: int | None = None, among: Filter = EVERYTHING, today: dt.date | None = None
    ) -> list[Hit]:
        """The passages that fit best, best first; `count` defaults to the settings' `hits`, `today` as in `ask`.

        Where there is a reader, it reads the best of them, however few are wanted.
        """
        wanted = self.settings.hits if count is None else count
        found = self.find(question, max(wanted, READ), among, today)
        return list(self._reread(found.query.text, found.hits)[:wanted])

    def find(self, question: str, count: int, among: Filter = EVERYTHING, today: dt.date | None = None) -> Found:
        """The question as it was understood, up to `count` hits, and what it takes to tell whether they answer it.

        No reader reads them.
        """
        question = self.checked(question)
        catalog, vectors = self._open()
        retriever = Retriever(catalog, vectors, self.embedder, self.background, self.gazetteer)
        return retriever.find(question, count, among, today or among.until or _clock())

    def can_be_asked(self, question: str) -> bool:
        """Whether the question is neither empty nor too long."""
        try:
            self.checked(question)
        except QuestionError:
            return False
        return True

    def checked(self, question: str) -> str:
        """The question as it is asked; a QuestionError where it is empty or too long. Before anything reads it."""
        # A lone surrogate cannot be embedded or written; it is no character, so it is dropped.
        cleaned = question.encode("utf-8", "ignore").decode("utf-8").replace("\0", " ").strip()
        if not cleaned:
            raise QuestionError("The question is empty. Ask something, such as: who controls Abu Kamal?")
        if len(cleaned) > self.settings.max_question:
            raise QuestionError(
                f"The question has {len(cleaned)} characters, more than {self.settings.max_question}. Shorten it."
            )
        return cleaned

    def condense(self, question: str, earlier: Sequence[str], today: dt.date) -> Understood | None:
        """A follow-up to these questions, as the language model rewrote it so that it stands alone.

        None where there is no model, where it fails, or where it made something up.
        """
        if self.llm is None:
            return None
        patience = Patience(self.settings.llm_first, self.settings.llm_total)
        return condense(self.llm, patience, question, earlier, self.gazetteer, today)

    # -- looking around

    def status(self) -> Status:
        """What the index holds."""
        catalog, _ = self._open()
        facets = catalog.facets()
        return Status(
            data=self.settings.data,
            counts=catalog.counts(),
            languages=dict(facets.languages),
            oldest=facets.oldest,
            newest=facets.newest,
            made_with=catalog.fingerprint(),
        )

    def report(self, report_id: str) -> Report | None:
        """One report with its text, or None."""
        catalog, _ = self._open()
        return catalog.reports([report_id]).get(report_id)

    def reports(self, after: str = "", count: int | None = None) -> list[Report]:
        """The reports with ids greater than `after`, in the order of their ids; `count` of them, or all."""
        catalog, _ = self._open()
        ids = catalog.report_ids()
        first = bisect_right(ids, after)
        found = catalog.reports(ids[first:][:count])
        return [found[report_id] for report_id in sorted(found)]

    def names(self, count: int | None = None) -> list[NameCount]:
        """The places and groups that the reports name, the most frequent first; `count` of them, or all."""
        catalog, _ = self._open()
        return [NameCount(entity, *about) for entity, about in islice(catalog.facets().names.items(), count)]

    def places(self, count: int | None = None) -> list[PlaceCount]:
        """The places that the reports name, with where they are, the most frequent first; `count` of them, or all."""
        named = dict(islice(self.catalog().facets().places.items(), count))
        known = {place.entity: place for place in self.gazetteer.places(named)}
        found = []
        for entity, (name, reports) in named.items():
            place = known.get(entity)
            where = (place.country, place.latitude, place.longitude) if place is not None else ()
            found.append(PlaceCount(entity, name, reports, *where))
        return found

    def catalog(self) -> Catalog:
        """The catalog of the data folder, opened."""
        return self._open()[0]

    def conversations(self) -> Conversations:
        """The conversations that are kept in the data folder."""
        with self._guard:
            if self._kept is None:
                self._kept = Conversations(self.catalog().path)
            return self._kept

    def timeline(self, name: str, window: Window = ALWAYS, among: Filter = EVERYTHING) -> list[Told]:
        """The sentences that name a place or a group, in any spelling, by the time that they are from; see there."""
        catalog, _ = self._open()
        return timeline(catalog, self.gazetteer, name, window, among)

    # -- adding

    def ingest(
        self,
        what: Iterable[Path | str] | Iterable[Report],
        progress: Callable[[Step], None] | None = None,
        *,
        fields: FieldMap | None = None,
        prune: Prune | None = None,
    ) -> IngestResult:
        """Add files, folders or `Report`s. Questions asked from then on know them. `progress` is told how far it is
        with files; `fields` and `prune` are of files, too: see `index.build`."""
        from index.build import ingest, ingest_reports

        items = list(what)
        reports = [item for item in items if isinstance(item, Report)]
        paths = [Path(item) for item in items if not isinstance(item, Report)]
        data = self.settings.data
        if reports and paths:
            raise TypeError("ingest takes paths or reports, not both at once")
        if self.settings.chroma:
            choose_place(data, self.settings.chroma)
        if reports:
            return ingest_reports(reports, data, lambda: self.embedder, lambda: self.gazetteer)
        return ingest(paths, data, lambda: self.embedder, progress, fields, lambda: self.gazetteer, prune=prune)

    async def aingest(self, what: Iterable[Path | str] | Iterable[Report]) -> IngestResult:
        """As `ingest`, without its progress; what it began goes on to its end where the task is cancelled."""
        from anyio import to_thread

        return await to_thread.run_sync(self.ingest, what)

    # -- life

    @property
    def embedder(self) -> Embedder:
        """The embedding model, loaded on first use."""
        with self._loading:
            if self._embedder is None:
                self._embedder = load_embedder(self.settings)
            return self._embedder

    @property
    def reader(self) -> Reader | None:
        """The model that reads the best hits, loaded on first use; None where there is none.

        What reading adds to a score is measured for the embedded model's scores, so that with another embedding model
        the reader that ships stays out.
        """
        fits = self.settings.reader != EMBEDDED_READER or self.embedder.identity == EMBEDDED_IDENTITY
        with self._loading:
            if not self._reader_loaded:
                self._reader = load_reader(self.settings) if fits else None
                self._reader_loaded = True
            return self._reader

    @property
    def judge(self) -> Judge | None:
        """What tells whether a statement follows from what it cites, loaded on first use; None where none is named."""
        with self._loading:
            if self._judge is None:
                self._judge = load_judge(self.settings.judge)
            return self._judge

    @property
    def answerer(self) -> Answerer:
        """What makes the answers: it quotes, unless there is a language model."""
        if self.llm is None:
            return Extractive()
        return Generative(
            self.llm,
            lambda: Checker(self.embedder, self.background, self.gazetteer, self.judge),
            otherwise=Extractive(),
            patience=Patience(self.settings.llm_first, self.settings.llm_total),
            show_unsupported=self.settings.unsupported == "show",
        )

    @property
    def llm(self) -> LlamaIndexModel | None:
        """The language model that writes, made on first use; None where there is none."""
        with self._loading:
            if self._llm is None and self.settings.llm:
                self._llm = load_llm(self.settings.llm, self.settings.llm_total)
            return self._llm

    @property
    def background(self) -> Background:
        """The means by which the embedder's vectors are centred."""
        return background_for(self.embedder.identity)

    @property
    def gazetteer(self) -> GeoNames:
        """The places and their names; made on first use."""
        with self._loading:
            return open_gazetteer(self.settings.cache)

    def warm(self) -> None:
        """Do now what the first question would wait for: open the index, load the models, run them once."""
        _ = self.llm
        if self._open()[0].counts().reports:
            # With a time, for which all reports are listed, and Arabic, whose groups take longest to make ready.
            self.retrieve("who controlled Abu Kamal (البوكمال) in 2017?")

    def _open(self) -> tuple[Catalog, VectorIndex]:
        with self._guard:
            if self._opened is None:
                catalog = Catalog(self.settings.data / "catalog.sqlite")
                expected = self._embedder.identity if self._embedder else expected_identity(self.settings)
                catalog.require(fingerprint(expected or self.embedder.identity))
                if not is_up_to_date(catalog):
                    with writer_lock(self.settings.data, "analysing the reports anew"):
                        bring_up_to_date(catalog, self.gazetteer)
                if self.settings.chroma:
                    choose_place(self.settings.data, self.settings.chroma)
                self._opened = catalog, VectorIndex(self.settings.data, catalog)
            elif self._embedder is not None:  # another process may have embedded everything with another model
                self._opened[0].require(fingerprint(self._embedder.identity))
            return self._opened

    def close(self) -> None:
        """Close the index. The next question opens it again."""
        with self._guard:
            if self._opened is not None:
                catalog, vectors = self._opened
                vectors.close()
                catalog.close()
                self._opened = None
            if self._kept is not None:
                self._kept.close()
                self._kept = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _clock() -> dt.date:
    return dt.datetime.now().astimezone().date()
