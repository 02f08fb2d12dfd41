"""Finds the names of a statement that what it cites does not name, in any spelling or script.

Places and groups are those that retrieval knows (mentions.py). What belongs to a country ("Turkish", "التركية") names
it. Any other name is told by its capital, and where capitals tell nothing by the title or the kind of group before it;
it is compared by its first letters and its consonants. The lists are in data/names.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.common_words import common_words
from assistant.data_files import data_file
from assistant.gazetteer import Gazetteer
from assistant.letters import JOINTS, NAME_TOKEN, fold
from assistant.listed import name_pattern
from assistant.mentions import find_countries, find_mentions, possible_names
from assistant.records import PLACE, Citation
from assistant.sentences import split_sentences
from assistant.sounds import skeleton
from assistant.toponyms import ELIDED
from assistant.written_dates import Taken

__all__ = ["WITHOUT_CAPITALS", "missing_names", "tells_who"]

WITHOUT_CAPITALS = frozenset({"de", "ar", "fa", "he", "ur", "ps", "ckb"})
"""Languages in which a capital tells no name: German, where every noun has one, and scripts that have none."""
_STEM = 5  # letters of a name that are compared: the rest is inflection
_CONSONANTS = 3  # from which they tell a name; across languages,
_SHORT = 2  # as there is nothing else to tell it by
_SPOKEN_FOR = 6  # words after a title that says for whom a person speaks
_TRANSLATED = 0.82  # similarity of a name to a word of another language, from which it can be its translation
_ALIKE = 0.83  # similarity of two words of a language for who acts, from which they can be the same
_SENTENCE_ENDS = frozenset(".!?:;…“”\"'«»„(")
_PARTICLES = "وفبلك"
_ON_BEHALF = "باسم"
_POSSESSIVE = re.compile(r"['’]s?$")

Match = Callable[[int, int], float]
"""How similar the most similar cited word is to the word of the statement at these offsets: -1 to 1."""


def missing_names(
    statement: str,
    language: str,
    cited: Sequence[Citation],
    gazetteer: Gazetteer | None,
    match: Match = lambda _start, _end: -1.0,
) -> Iterator[tuple[str, bool]]:
    """The names of the statement that are not told by what it cites, and whether that is certain.

    A name is told where a cited sentence has it, or the sentence before it (which may say who "they" are), or the title
    or the source of its report. Across languages a name may be translated ("Ministry of Defence"): one that no list has
    is told where `match` finds a word that means as much, and it is never certain that it is not.
    """
    told = _told(cited, language, gazetteer)
    taken = Taken(statement)
    yield from ((name, True) for name in _known_missing(statement, told, taken, gazetteer))
    yield from _unknown_missing(statement, told, taken, match)


def tells_who(text: str, language: str) -> bool:
    """Whether a text names a group, or has a word for those who act in a war; True where the language has no list.

    An abbreviation names a group as well, on a list or not, where not all is in capitals.
    """
    if not _beginnings_of_actors(language) or any(_actors(text, language)) or find_mentions(text, language, None):
        return True
    words = [word for word in NAME_TOKEN.findall(text) if len(word) > 1 and word != word.lower()]
    abbreviations = [word for word in words if word == word.upper()]
    return 0 < len(abbreviations) < len(words)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is named where it counts: `same` is all of it that is in the language of the statement."""

    language: str
    same: str
    entities: frozenset[str]
    countries: frozenset[str]
    words: frozenset[str]

    def spells(self, name: str) -> bool:
        """Whether each word of the name stands there, in whatever spelling."""
        tokens = NAME_TOKEN.findall(name)
        return all(not self.words.isdisjoint(_forms(token, self.language, _SHORT)) for token in tokens)


def _told(cited: Sequence[Citation], language: str, gazetteer: Gazetteer | None) -> _Told:
    texts = [(_context(citation), citation.report.language) for citation in cited]
    names = [name for text, own in texts for name in possible_names(text, own, gazetteer)]
    return _Told(
        language,
        " ".join(text for text, own in texts if own == language),
        frozenset(entity for name in names for entity in name.entities),
        frozenset(country for text, own in texts for _, _, country in _countries(text, own, gazetteer)),
        frozenset(
            form
            for text, own in texts
            for token in NAME_TOKEN.findall(text)
            for form in _forms(token, own, _CONSONANTS if own == language else _SHORT)
        ),
    )


def _context(citation: Citation) -> str:
    """The cited sentence, the one before it in its passage, and what the report says of itself."""
    report = citation.report
    before = split_sentences(report.id, report.text[citation.passage.start : citation.start], report.language)
    start = citation.passage.start + before[-1].start if before else citation.start
    return f"{report.text[start : citation.end]}\n{report.source or ''}\n{report.title}"


def _known_missing(statement: str, told: _Told, taken: Taken, gazetteer: Gazetteer | None) -> Iterator[str]:
    """The places and groups that are not told, then the countries."""
    countries = list(_countries(statement, told.language, gazetteer))
    joined = f"{statement}\n{told.same}"  # what else is named says which of several places is meant
    mentions = [one for one in find_mentions(joined, told.language, gazetteer) if one.end <= len(statement)]
    for mention in mentions:
        taken.take(mention.start, mention.end)
        name = statement[mention.start : mention.end]
        place = mention.entity.startswith(PLACE)
        own = {country for start, end, country in countries if start < mention.end and mention.start < end}
        of_country = bool(own) and own <= told.countries  # France, of which something French is told
        if mention.entity not in told.entities and not (place and (of_country or told.spells(name))):
            yield name
    for start, end, country in countries:
        if taken.is_free(start, end):
            taken.take(start, end)
            if country not in told.countries and not told.spells(statement[start:end]):
                yield statement[start:end]


def _unknown_missing(statement: str, told: _Told, taken: Taken, match: Match) -> Iterator[tuple[str, bool]]:
    """The names of no list that are not told, then the words for who acts; and whether that is certain."""
    for start, end in _other_names(statement, told.language):
        if taken.is_free(start, end):
            taken.take(start, end)
            translated = not told.same and told.language != "de" and match(start, end) >= _TRANSLATED
            if not told.spells(statement[start:end]) and not translated:
                yield statement[start:end], bool(told.same)
    for start, end in _actors(statement, told.language) if told.same else ():
        if taken.is_free(start, end) and not told.spells(statement[start:end]) and match(start, end) < _ALIKE:
            yield statement[start:end], False


def _other_names(statement: str, language: str) -> list[tuple[int, int]]:
    """Where a statement has names, on a list or not, in order."""
    # Who is spoken for comes first.
    words = [found for found in NAME_TOKEN.finditer(statement) if not fold(found.group()).startswith(_ON_BEHALF)]
    named = _named_by_title if language in WITHOUT_CAPITALS else _named_by_capital
    return sorted({*named(words, language), *_named_by_letters(words, language)})


def _named_by_capital(words: Sequence[re.Match[str]], language: str) -> Iterator[tuple[int, int]]:
    """What has a capital, and not because a sentence begins."""
    for found in words:
        word, before = found.group(), found.string[: found.start()].rstrip() or "."
        if _may_be_name(word, language) and word != word.lower() and before[-1] not in _SENTENCE_ENDS:
            yield found.span()


def _named_by_title(words: Sequence[re.Match[str]], language: str) -> Iterator[tuple[int, int]]:
    """What follows a title: one word, in German all with a capital; after a speaker, the next without an article."""
    titles, speakers = _list("titles", language), _list("speakers", language)
    to_come = 0  # words that a name can still have
    for found in words:
        word, plain = found.group(), fold(found.group())
        forms = {plain, plain.removeprefix("ال"), plain[1:]}
        if not _may_be_name(word, language):
            to_come = 0
        elif not forms.isdisjoint(speakers):
            to_come = _SPOKEN_FOR
        elif not forms.isdisjoint(titles):
            to_come = 1
        else:
            spoken_for = to_come > 1 and plain.startswith("ال")  # no one's first name begins with the article
            named = to_come > 0 and not spoken_for and (language != "de" or word != word.lower())
            if named:
                yield found.span()
            if not named or language != "de":
                to_come -= 1


def _named_by_letters(words: Sequence[re.Match[str]], language: str) -> Iterator[tuple[int, int]]:
    """Codes (T-72), initials (UNHCR), and what stands before a kind of group (Hamza-Division)."""
    parts = _list("parts", language)
    for found in words:
        word = found.group()
        if word == word.lower() or not _may_be_name(word, language):
            continue
        if any(character.isdigit() for character in word) or (len(word) > 1 and word == word.upper()):
            yield found.span()
        head, _, part = word.rpartition("-")
        if part.casefold() in parts and head != head.lower():
            yield found.start(), found.start() + len(head)


def _may_be_name(word: str, language: str) -> bool:
    return not word[0].isdigit() and word.casefold() not in common_words(language)


def _actors(statement: str, language: str) -> Iterator[tuple[int, int]]:
    """Words for those who act and have no name."""
    beginnings = _beginnings_of_actors(language)
    for token in NAME_TOKEN.finditer(statement) if beginnings else ():
        plain = fold(token.group())
        forms = {plain, plain.removeprefix("ال")}
        if language == "ar" and plain[:1] in _PARTICLES:
            forms |= {plain[1:], plain[1:].removeprefix("ال"), plain[1:].removeprefix("ل")}
        if any(form.startswith(beginnings) for form in forms):
            yield token.start(), token.end()


@cache
def _beginnings_of_actors(language: str) -> tuple[str, ...]:
    return tuple(_list("actors", language))


def _forms(token: str, language: str, least: int) -> Iterator[str]:
    """What a name is known by: its first letters, and its consonants, from `least` on."""
    token = _POSSESSIVE.sub("", token)
    for whole in (token, token[1:]) if token[0] in _PARTICLES and len(token) > 4 else (token,):
        plain = fold(whole)
        yield plain[:_STEM]
        yield plain.removeprefix("ال")[:_STEM]
        for part in {whole, *JOINTS.split(whole)}:
            consonants = skeleton(part, language)
            if len(consonants) >= least:
                yield f"#{consonants}"


def _countries(text: str, language: str = "und", gazetteer: Gazetteer | None = None) -> Iterator[tuple[int, int, str]]:
    """What names a country or what belongs to it: start, end, ISO code."""
    longer = [(found.start(), found.end(), found.lastgroup or "") for found in _longer_names().finditer(text)]
    yield from longer
    for token in NAME_TOKEN.finditer(text):
        country = next(filter(None, map(_country, _bare_forms(token.group()))), None)
        if country is not None and not any(start < token.end() and token.start() < end for start, end, _ in longer):
            yield token.start(), token.end(), country
    yield from find_countries(text, language, gazetteer)


def _bare_forms(word: str) -> Iterator[str]:
    """A word as it stands, and without what is written to it: l'ONU; "وألمانية" and "المانية" have no article."""
    bare = word[1:] if word[0] in _PARTICLES and len(word) > 4 else ELIDED.sub("", word, count=1)
    for form in dict.fromkeys((word, bare)):
        yield form
        yield form.removeprefix("ال")
        yield form.removeprefix("لل")


def _country(word: str) -> str | None:
    """The country that a word names: by how it begins, or of an entry that ends in a point as a whole."""
    plain = fold(word)
    whole = JOINTS.split(word)[0]  # US-led
    for beginning, country in _beginnings().get(plain[:2], ()):
        entry = beginning.removesuffix(".")
        if entry == beginning:
            named = plain.startswith(entry)
        elif entry == entry.upper() != entry.lower():
            named = whole == entry
        else:  # يمنى is no يمني
            named = fold(whole) == entry and not whole.endswith("ى")
        if named:
            return country
    return None


@cache
def _longer_names() -> re.Pattern[str]:
    named = {
        country: "|".join(map(name_pattern, sorted(names, key=len, reverse=True)))
        for country, names in data_file("names")["countries"].items()
    }
    return re.compile(rf"(?<!\w)(?:{'|'.join(f'(?P<{country}>{own})' for country, own in named.items())})(?!\w)")


@cache
def _beginnings() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for country, beginnings in data_file("names")["people"].items():
        for beginning in beginnings:
            capitals = beginning == beginning.upper() != beginning.lower()
            plain = beginning if capitals else fold(beginning) + "." * beginning.endswith(".")
            found.setdefault(fold(beginning)[:2], []).append((plain, country))
    return {head: sorted(own, key=lambda one: -len(one[0])) for head, own in found.items()}  # Turkmens are no Turks


@cache
def _list(kind: str, language: str) -> frozenset[str]:
    return frozenset(map(fold, data_file("names")[kind].get(language, ())))
