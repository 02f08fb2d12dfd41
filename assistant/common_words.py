"""Words of each language that are hardly ever names, though places somewhere are called so: data/common_words.toml."""

from __future__ import annotations

from functools import cache

from assistant.data_files import data_file

__all__ = ["common_words", "is_common", "leading_words", "ordinary_words", "stop_words"]


@cache
def stop_words(language: str) -> frozenset[str]:
    """Function words alone; none where the language has no list."""
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(language)) if stopwordsiso.has_lang(language) else frozenset()


@cache
def common_words(language: str) -> frozenset[str]:
    """Function words, and the names of days and months: places somewhere, and hardly ever meant."""
    from babel import Locale, UnknownLocaleError

    words = set(stop_words(language))
    listed = data_file("common_words")
    words -= set(listed["names"].get(language, ()))
    words.update(listed.get(language, ()))
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return frozenset(words)
    for calendar in (locale.days, locale.months):
        words |= {name.casefold() for context in calendar.values() for name in context["wide"].values()}
    return frozenset(words)


@cache
def ordinary_words(language: str) -> frozenset[str]:
    """Words that tell a subject, and no name."""
    return frozenset(data_file("common_words")["ordinary"].get(language, ()))


def is_common(word: str, language: str) -> bool:
    """Whether it is a function word or an ordinary one: in a name, it is not what tells it from others."""
    folded = word.casefold()
    return folded in common_words(language) or folded in ordinary_words(language)


@cache
def leading_words(language: str) -> frozenset[str]:
    """What a country may follow, and no town."""
    return frozenset(data_file("common_words")["articles"].get(language, ()))
