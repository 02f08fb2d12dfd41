"""Finds the passages that fit a question. Knows the store and an embedder; knows nothing of answers.

Chroma (by meaning) and full-text search (by words, numbers, places and groups) name the candidates; what each is worth
is then computed exactly, from the catalog (scoring.py). Near-copies of one report count as one (copies.py): they do not
crowd others out of the candidates, and are named by the hit that stands for them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from assistant.anchors import date_told, still_to_come, window
from assistant.background import Background
from assistant.common_words import is_common
from assistant.copies import by_age, collapse
from assistant.cues import asks_about_state
from assistant.dates import PartialDate, Window
from assistant.embedding import Embedder, Vectors
from assistant.filter import EVERYTHING, Filter
from assistant.focus import focused, narrowed
from assistant.found import Found, usual_fit
from assistant.gazetteer import Gazetteer, name_form
from assistant.letters import NAME_TOKEN
from assistant.lexical import NAMES, Lexical
from assistant.mentions import Spellings, find_mentions, lying_in, names_in
from assistant.naming import naming
from assistant.query import Query, Time, as_written, understand
from assistant.records import Hit, Mention, Report, Sentence
from assistant.respelling import respelled
from assistant.scoring import place_fit, score, time_fits
from assistant.store import FEW, Catalog, IndexedPassage, VectorIndex, VectorMatch, without_frame

__all__ = ["Retriever"]

_CANDIDATES = 30  # passages that are looked for at least, twice as many sentences, and as many sentences by their words
_IN_FOCUS = 10  # the same of the time and place asked about, if few sentences have them: else enough are near anyway
_ROUNDS = 3  # of asking again without the copies of what was found
_SAMPLE = 1_000  # sentences that stand for the collection
_LARGE = 100_000  # people
_CROWD = 2  # reports of one cluster that crowd nobody out
_HARDLY_LESS = 0.1  # of a score: as good a passage to tell when an event was
_TO_COME = 0.5  # of what a passage weighs there, if it tells what is planned or expected
_AGREED = 0.25  # of what such passages weigh: those that tell one day are that much, or nothing is known of it


class Retriever:
    """Retrieval over one open index."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: VectorIndex,
        embedder: Embedder,
        background: Background,
        gazetteer: Gazetteer | None = None,
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._background = background
        self._gazetteer = gazetteer

    def find(self, question: str, count: int, among: Filter, today: dt.date) -> Found:
        """Up to `count` hits from the reports that the filter admits, best first; "last week" is before `today`.

        A question always has hits where there are reports: a score says how near a passage is, not that it answers
        (abstaining.py). Only one that asks for a time and nothing else has none from outside of it. Up to a `count` of
        30 the first hits are the same, however many are asked for; beyond, more are looked at.
        """
        query = self._understood(question, today)
        query = self._placed_in_time(query, among, today)
        limits = among
        among = self._resolved(narrowed(among, query))
        vector, lexical = self._asked(query, among)
        ranked, vectors = self._ranked(query, vector, lexical, among, count)
        clusters = self._catalog.clusters({hit.report.id for hit in ranked})
        chosen = collapse(ranked, clusters)[:count]
        return Found(
            query,
            vector,
            tuple(self._described(chosen, query, clusters, among)),
            {one.sentence: vectors[one.sentence] for hit in chosen for one in hit.sentences},
            usual_fit(vector, self._catalog.sample(_SAMPLE), self._catalog.counts().sentences),
            self._unknown_names(query, lexical),
            bool(chosen) or limits == EVERYTHING or len(self._vectors.sentence_keys(self._resolved(limits))) > 0,
        )

    def _understood(self, question: str, today: dt.date, language: str | None = None) -> Query:
        return understand(question, self._gazetteer, today, language, self._catalog.named)

    def _placed_in_time(self, query: Query, among: Filter, today: dt.date) -> Query:
        """The question with the events that it tells time by replaced by when those were, where that is told: by the
        question itself, or by reports."""
        for anchor in reversed(query.anchors):
            when = anchor.told or self._when(self._placed(anchor.event, query, today), Filter(until=among.until))
            span = window(anchor.operator, when, soon=anchor.soon)
            if span is not None:
                rest = query.text[: anchor.start] + query.text[anchor.end :]
                times = (*query.times, Time(anchor.start, anchor.end, span))
                query = replace(self._placed(rest, query, today), times=times)
        return query

    def _placed(self, part: str, query: Query, today: dt.date) -> Query:
        """A part of a question as a question of its own; one that names no place is where the whole question is."""
        own = self._understood(part, today, query.language)
        places = [query.text[name.start : name.end] for name in query.names if name.is_place]
        if not places or any(name.is_place for name in own.names):
            return own
        return self._understood(" ".join([part, *places]), today, query.language)

    def _when(self, event: Query, among: Filter) -> Window:
        date = self._date_of(event, among)
        return Window(date.earliest, date.latest)

    def _date_of(self, event: Query, among: Filter) -> PartialDate:
        """When an event was: the day that most passages tell, of those that fit it best and hardly less, by how well
        they do, unless they tell too many; where none tells a day, what the best one tells. One that tells what is
        still to come may be from before it."""
        ranked, _ = self._ranked(event, *self._asked(event, among), among)
        relevant = self._background.relevant
        if not ranked or (relevant is not None and ranked[0].score < relevant):
            return PartialDate()
        least = ranked[0].score - _HARDLY_LESS
        near = [hit for hit in ranked if hit.score >= least]
        mentions = self._catalog.mentions({hit.report.id for hit in near})
        days: dict[PartialDate, float] = defaultdict(float)
        for hit in near:
            date = date_told(hit, mentions.get(hit.report.id, ()))
            if date.precision == "day":
                days[date] += (hit.score - least) * (_TO_COME if still_to_come(hit) else 1)
        if not days:
            return date_told(near[0], mentions.get(near[0].report.id, ()))
        likeliest = max(days, key=days.__getitem__)
        return likeliest if days[likeliest] >= _AGREED * sum(days.values()) else PartialDate()

    def _asked(self, query: Query, among: Filter) -> tuple[Vectors, Lexical]:
        """The question's centred vector, and where its words are in what the filter admits.

        The vector is the mean of the question as it is and of the ways in which the reports spell its names.
        """
        texts = respelled(query, [self._catalog.spellings(name.entities) for name in query.names])
        admitted = None if among == EVERYTHING else self._vectors.sentence_keys(among)
        with ThreadPoolExecutor(1) as beside:  # neither needs the other, and both let go of Python's lock
            embedding = beside.submit(self._embedder.embed_queries, [as_written(text) for text in texts])
            lexical = Lexical.of(self._catalog, query.words, admitted)
            own, *others = self._background.centre_queries(embedding.result(), query.language)
        vector = own + np.mean(others, axis=0) if others else own
        return vector / max(float(np.linalg.norm(vector)), 1e-12), lexical

    def _ranked(
        self, query: Query, vector: Vectors, lexical: Lexical, among: Filter, count: int = 0
    ) -> tuple[list[Hit], dict[Sentence, Vectors]]:
        """What the filter admits, best first, and the vectors of its sentences; `count` are wanted, or a few."""
        named = self._reports_naming(query)
        found = self._candidates(vector, lexical, among, focused(among, query.windows, named), max(count, _CANDIDATES))
        passages = self._catalog.passages(sorted(found))
        hits = self._hits(passages, query, vector, lexical, among, named) if passages else []
        vectors = {
            s: v for passage in passages for s, v in zip(passage.sentences, passage.sentence_vectors, strict=True)
        }
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id)), vectors

    def _hits(
        self,
        passages: Sequence[IndexedPassage],
        query: Query,
        vector: Vectors,
        lexical: Lexical,
        among: Filter,
        named: Sequence[Set[str]],
    ) -> list[Hit]:
        reports = self._catalog.reports({passage.passage.report_id for passage in passages})
        found = [pair for pair in self._without_frames(passages, reports) if among.admits(pair[1])]
        if not found:
            return []
        mentions = self._catalog.mentions(reports) if query.windows else {}
        keys = np.concatenate([passage.keys for passage, _ in found])
        state = asks_about_state(query.text)
        fits = [
            time_fits(query.windows, passage, report, mentions.get(report.id, ()), state=state)
            for passage, report in found
        ]
        return score(
            vector,
            found,
            lexical.by_word(keys),
            lexical.by_word(keys, NAMES),
            lexical.weights() * query.telling,
            np.array([place_fit(report, named) for _, report in found], dtype=np.float32),
            np.concatenate(fits),
        )

    def _without_frames(
        self, passages: Iterable[IndexedPassage], reports: Mapping[str, Report]
    ) -> Iterator[tuple[IndexedPassage, Report]]:
        """The passages with their reports, each with what is said in it of its own, as far as there is any."""
        frames = self._catalog.frames(reports.values())
        for passage in passages:
            report = reports.get(passage.passage.report_id)
            if report is not None:
                said = without_frame(passage, report, frames[report.id])
                if said.sentences:
                    yield said, report

    def _unknown_names(self, query: Query, lexical: Lexical) -> tuple[str, ...]:
        """The countries, regions and large towns of the question that no report names, in no spelling of theirs, nor
        anything that lies in them."""
        met = lexical.met()
        tokens = list(NAME_TOKEN.finditer(query.text))
        unknown = []
        for name in find_mentions(query.text, query.language, self._gazetteer):
            spelled = query.text[name.start : name.end]
            words = [  # "North" in many reports is no North Kivu
                n
                for n, token in enumerate(tokens)
                if name.start <= token.start() < name.end and not is_common(token.group(), query.language)
            ]
            within = lying_in(name.entity, self._gazetteer)
            if not any(met[n] for n in words) and (within or self._is_large(spelled)):
                unknown += [] if self._catalog.reports_naming({name.entity, *within}) else [spelled]
        return tuple(dict.fromkeys(unknown))

    def _is_large(self, name: str) -> bool:
        """Whether a place of this name is so large that a word that is spelled like it hardly means another thing."""
        places = self._gazetteer.candidates(name_form(name)) if self._gazetteer is not None else ()
        return any(place.is_country or place.population >= _LARGE for place in places)

    def _reports_naming(self, query: Query) -> list[set[str]]:
        """For each name of the question that any report has: the reports that have it, in any spelling, or name what
        lies in it."""
        found = [self._catalog.reports_naming(name.told_by) for name in query.names]
        return [reports for reports in found if reports]

    def _candidates(self, vector: Vectors, lexical: Lexical, among: Filter, focus: Filter, count: int) -> set[str]:
        """Passages by id: the nearest, those that share the weightiest words, and the nearest of those in focus, which
        thousands of others may resemble."""
        found, left = self._nearest(vector, count, among)
        if focus != among and len(self._vectors.sentence_keys(focus)) <= FEW:
            found |= self._nearest(vector, _IN_FOCUS, focus)[0]
        if left != among:
            copies = left.without - among.without
            lexical = lexical.without(self._vectors.sentence_keys(replace(EVERYTHING, reports=copies)))
        return found | self._catalog.passages_holding_keys(lexical.best(count))

    def _nearest(self, vector: Vectors, count: int, among: Filter) -> tuple[set[str], Filter]:
        """So many passages that are nearest, and those that hold the nearest of twice as many sentences, by id; and the
        filter without the near-copies that crowded others out."""
        found, told = set[str](), list[VectorMatch]()
        for _ in range(_ROUNDS):
            near, nearest = self._vectors.near(vector, count, 2 * count, among)
            found.update(match.id for match in near)
            told += nearest
            copies = self._copies(found, among)
            if not copies:
                break
            among = replace(among, without=among.without | copies)
        parts = (match.id.rpartition(":") for match in told)
        return found | self._catalog.passages_holding([(report, int(number)) for report, _, number in parts]), among

    def _copies(self, passages: Iterable[str], among: Filter) -> frozenset[str]:
        """The near-copies that crowd others out of these passages, but for one report of each cluster."""
        found = sorted({passage.rpartition(":")[0] for passage in passages} - among.without)
        clusters = self._catalog.clusters(found)
        crowding = {cluster: n for cluster, n in Counter(clusters.values()).items() if n > _CROWD}
        kept = {cluster: report_id for report_id, cluster in reversed(clusters.items())}
        members = self._catalog.members(crowding)
        return frozenset(member for cluster, own in members.items() for member in own if member != kept[cluster])

    def _described(self, hits: list[Hit], query: Query, clusters: Mapping[str, str], among: Filter) -> list[Hit]:
        """The hits with the names that they share with the question, and with the near-copies of their reports."""
        asked = frozenset[str]().union(*(name.told_by for name in query.names))
        mentions = self._catalog.mentions({hit.report.id for hit in hits}) if asked else {}
        members = self._catalog.members({clusters[hit.report.id] for hit in hits})
        others = self._catalog.reports(member for own in members.values() if len(own) > 1 for member in own)
        spelled = Spellings.of(
            (hit.report, mention)
            for hit in hits
            for mention in mentions.get(hit.report.id, ())
            if mention.entity in asked
        )
        return [
            replace(
                hit,
                names=_placed(
                    names_in(hit, mentions.get(hit.report.id, ()), spelled, asked, self._gazetteer) if asked else (),
                    query,
                ),
                copies=by_age(
                    others[member]
                    for member in members[clusters[hit.report.id]]
                    if member in others and member != hit.report.id and among.admits(others[member])
                ),
            )
            for hit in hits
        ]

    def _resolved(self, among: Filter) -> Filter:
        """The filter with the places that it names turned into the reports that name them."""
        if not among.places:
            return among
        found = (naming(self._catalog, self._gazetteer, place).reports for place in among.places)
        reports = frozenset[str]().union(*found)
        return replace(among, places=frozenset(), reports=reports if among.reports is None else reports & among.reports)


def _placed(names: Sequence[Mention], query: Query) -> tuple[Mention, ...]:
    """The names that a passage shares with a question; of what only lies in a region, the name tells in which."""
    own = {entity for name in query.names for entity in name.entities}
    regions = {entity: query.text[name.start : name.end] for name in query.names for entity in name.within - own}
    return tuple(
        replace(name, name=f"{name.name} ({regions[name.entity]})") if name.entity in regions else name
        for name in names
    )
