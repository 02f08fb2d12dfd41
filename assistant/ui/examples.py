"""Questions for a first visit: made of what the reports name most, and tried before they are shown.

Knows the assistant and the words of the page; knows nothing of HTML.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice

from assistant.assistant import Assistant
from assistant.dates import PartialDate
from assistant.overview import NameCount
from assistant.store import Naming
from assistant.ui.labels import label
from assistant.ui.spelling import spelling
from assistant.wording import load_wording

__all__ = ["Examples"]

_SHOWN = 3
_TRIED = 4  # names of a kind, and months of a place


class Examples:
    """The examples of one collection, in every language of the page. Safe to share between threads."""

    def __init__(self, assistant: Assistant) -> None:
        """Nothing is made yet."""
        self._assistant = assistant
        self._made: dict[str, tuple[int, tuple[str, ...]]] = {}  # by language: at which change, and what
        self._making = threading.Lock()

    def of(self, language: str) -> tuple[str, ...]:
        """Up to three questions that the reports answer, of as many kinds as there can be.

        Made once a change of the collection; loads the model.
        """
        change = self._assistant.catalog().last_change()
        with self._making:
            made = self._made.get(language)
            if made is None or made[0] != change:
                made = self._made[language] = change, self._make(language)
            return made[1]

    def _make(self, language: str) -> tuple[str, ...]:
        kinds = [list(islice(kind, _TRIED)) for kind in _kinds(self._assistant, language)]
        answered = cache(self._assistant.would_answer)
        best = (next(filter(answered, kind), None) for kind in kinds)
        found = dict.fromkeys(question for question in best if question is not None)
        # Of the same kind, where there are not so many.
        rest = (question for question in chain.from_iterable(kinds) if question not in found and answered(question))
        return tuple(islice(chain(found, rest), _SHOWN))


def _kinds(assistant: Assistant, language: str) -> Iterator[Iterable[str]]:
    """The questions of each kind, the best first; the last kind is there for reports that name nothing known."""
    names = assistant.names()
    places, groups = ([name for name in names if name.kind == kind][: 2 * _TRIED] for kind in ("place", "group"))
    namings = {name.entity: assistant.catalog().namings(name.entity) for name in [*places, *groups]}
    for some in (places, groups):  # first those that have a name in this language
        some.sort(key=lambda name: all(naming.language != language for naming in namings[name.entity]))

    def called(name: NameCount) -> str:
        return spelling(name.entity, namings[name.entity], language, assistant.gazetteer) or name.name

    yield [label(language, "example_control", place=called(place)) for place in places]
    yield [
        label(language, "example_event", place=called(place), month=month)
        for place in [*places[1:], *places[:1]]  # another one than above, where there is one
        for month in islice(_months(namings[place.entity], language), 1)
    ]
    yield [label(language, "example_group", group=called(group)) for group in groups]
    months = assistant.catalog().facets().months
    dated = [Naming("", PartialDate.parse(month), "", count) for month, count in months.items()]
    yield [label(language, "example_month", month=month) for month in _months(dated, language)]


def _months(namings: Iterable[Naming], language: str) -> list[str]:
    """The months that have most of these, as people write them in this language."""
    counts = Counter[PartialDate]()
    for naming in namings:
        if naming.published.month is not None:
            counts[PartialDate(naming.published.year, naming.published.month)] += naming.count
    return [load_wording(language).date(month) for month, _ in counts.most_common()]
