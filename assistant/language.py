"""Tells the language of a text. Knows nothing of what is done with it."""

from __future__ import annotations

from functools import cache

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

__all__ = ["LANGUAGES", "detect_language"]

# The languages that reports on armed conflicts are likely to be in and that lingua knows. Fewer candidates
# make short questions more certain: "who controls Abu Kamal?" is Turkish to a detector of 75 languages.
LANGUAGES = (
    *("am", "ar", "az", "bg", "bn", "cs", "de", "el", "en", "es", "fa", "fr", "he", "hi", "hr", "hu", "hy", "id"),
    *("it", "ja", "ka", "ko", "nl", "pl", "pt", "ro", "ru", "so", "sr", "sv", "sw", "th", "tr", "uk", "ur", "vi", "zh"),
)
_UNKNOWN = "und"
_ENOUGH = 2_000  # characters; more text does not change the answer, only the time


def detect_language(text: str, among: tuple[str, ...] = LANGUAGES) -> str:
    """The ISO 639-1 code of the likeliest language, or "und" where the text has no letters to tell by."""
    language = _detector(among).detect_language_of(text[:_ENOUGH])
    return language.iso_code_639_1.name.lower() if language is not None else _UNKNOWN


@cache
def _detector(codes: tuple[str, ...]) -> LanguageDetector:
    known = [getattr(IsoCode639_1, code.upper()) for code in codes if hasattr(IsoCode639_1, code.upper())]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*known).build()
