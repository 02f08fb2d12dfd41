"""What a reader has to bear in mind of what is cited, for every way of making an answer.

Knows citations, dates and cue phrases; knows nothing of how statements are chosen or written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from assistant.cues import contests, find_hedge, find_plan, gives_reason, tells_a_machine, tells_cause, tells_of_denial
from assistant.dates import PartialDate
from assistant.records import Caveat, CaveatKind, Citation, independent_sources
from assistant.scoring import TIME_WEIGHT
from assistant.wording import Wording

__all__ = ["OLD", "caveats"]

OLD = dt.timedelta(days=30)
"""How old the newest report may be, before an answer about a state says so."""

_ELSEWHEN = 0.6  # of what being from another time takes; what has no date loses half of it


def caveats(
    citations: Sequence[Citation],
    wording: Wording,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
    contradicting: Iterable[tuple[int, int]] = (),
    *,
    why: bool = False,
    plans: bool = False,
) -> Iterator[Caveat]:
    """The caveats of an answer that cites these, of which there is at least one.

    `as_of` is the day that was asked for: what may be later is said to be so. `today` is given where the question asks
    how things stand now: that the newest report is old is said then. `contradicting` are the numbers of citations that
    contradict each other. `why` is whether the question asks for a reason, `plans` whether it asks of what is planned.
    """
    if all(citation.why.get("date", 0.0) < -_ELSEWHEN * TIME_WEIGHT for citation in citations):
        yield Caveat(CaveatKind.OTHER_TIME, wording.say("caveat_other_time"), ())
    if why and not any(
        tell(one.quote, one.report.language) for tell in (tells_cause, gives_reason) for one in citations
    ):
        yield Caveat(CaveatKind.NO_REASON, wording.say("caveat_no_reason"), ())
    for pair in contradicting:
        yield Caveat(CaveatKind.SOURCES_DIFFER, wording.say("caveat_sources_differ", numbers=_shown(pair)), pair)
    yield from _not_established(citations, wording, plans=plans)
    if as_of is not None:
        yield from _maybe_later(citations, wording, as_of)
    if today is not None:
        yield from _old(citations, wording, today)
    machine = [citation.number for citation in citations if tells_a_machine(citation.report.text)]
    if machine:
        text = wording.say("caveat_tells_machine", numbers=_shown(machine))
        yield Caveat(CaveatKind.TELLS_MACHINE, text, tuple(machine))
    yield from _copies_that_differ(citations, wording)
    if independent_sources(citations) == 1:
        text = wording.say("caveat_one_source", source=wording.source(citations[0].report.source))
        yield Caveat(CaveatKind.ONE_SOURCE, text, tuple(citation.number for citation in citations))


def _not_established(citations: Sequence[Citation], wording: Wording, *, plans: bool) -> Iterator[Caveat]:
    by_cue: dict[tuple[CaveatKind, str], list[int]] = {}
    for citation in citations:
        language = citation.report.language
        hedge, plan = find_hedge(citation.quote), find_plan(citation.quote, language)
        if hedge is not None and not tells_of_denial(hedge, language):
            by_cue.setdefault((CaveatKind.UNCONFIRMED, hedge), []).append(citation.number)
        if plan is not None and not plans:
            by_cue.setdefault((CaveatKind.PLANNED, plan), []).append(citation.number)
    for (kind, cue), numbers in by_cue.items():
        yield Caveat(kind, wording.say(f"caveat_{kind.value}", numbers=_shown(numbers), cue=cue), tuple(numbers))
    denying = [citation.number for citation in citations if _denies(citation, citations)]
    if denying:
        yield Caveat(CaveatKind.DENIED, wording.say("caveat_denied", numbers=_shown(denying)), tuple(denying))


def _denies(citation: Citation, citations: Sequence[Citation]) -> bool:
    """Whether it tells of a denial, or may deny or correct what is cited from before it in its report."""
    language = citation.report.language
    follows = any(one.report.id == citation.report.id and one.end <= citation.start for one in citations)
    return tells_of_denial(citation.quote, language) or (follows and contests(citation.quote, language))


def _maybe_later(citations: Sequence[Citation], wording: Wording, as_of: dt.date) -> Iterator[Caveat]:
    latest = {citation.number: citation.report.published.latest for citation in citations}
    later = [number for number, day in latest.items() if day is not None and day > as_of]
    if later:
        date = wording.date(PartialDate.of(as_of))
        text = wording.say("caveat_maybe_later", numbers=_shown(later), date=date)
        yield Caveat(CaveatKind.MAYBE_LATER, text, tuple(later))


def _old(citations: Sequence[Citation], wording: Wording, today: dt.date) -> Iterator[Caveat]:
    """A date that is known to the month is as old as its last day: nothing is called older than it is."""
    newest = max(citations, key=lambda citation: citation.report.published.recency)
    latest = newest.report.published.latest
    if latest is not None and today - latest > OLD:
        text = wording.say("caveat_old", numbers=_shown([newest.number]), age=wording.age(today - latest))
        yield Caveat(CaveatKind.OLD, text, (newest.number,))


def _copies_that_differ(citations: Sequence[Citation], wording: Wording) -> Iterator[Caveat]:
    for citation in citations:
        for copy in citation.copies:
            if copy.differs:
                source = wording.source(copy.report.source)
                text = wording.say("caveat_copy_differs", numbers=_shown([citation.number]), source=source)
                yield Caveat(CaveatKind.COPY_DIFFERS, text, (citation.number,))


def _shown(numbers: Sequence[int]) -> str:
    return " ".join(f"[{number}]" for number in numbers)
