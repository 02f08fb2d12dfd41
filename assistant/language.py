"""Tells the language of a text. Knows nothing of what is done with it."""

from __future__ import annotations

import math
import tempfile
from functools import cache
from importlib import resources

from py3langid.langid import LanguageIdentifier

from assistant.errors import ModelError

__all__ = ["LANGUAGES", "detect_language"]

# The languages that reports on armed conflicts, and questions about them, are likely to be in. Fewer candidates and
# a prior make short questions certain: without them, "who controls Abu Kamal?" is Portuguese.
LANGUAGES = (
    *("am", "ar", "az", "bg", "bn", "cs", "de", "el", "en", "es", "fa", "fr", "he", "hi", "hr", "hu", "hy", "id", "it"),
    *(
        "ja",
        "ka",
        "ko",
        "ku",
        "nl",
        "pl",
        "ps",
        "pt",
        "ro",
        "ru",
        "so",
        "sr",
        "sv",
        "sw",
        "th",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh",
    ),
    *("km", "lo", "my", "si", "ta", "te"),  # each in letters of its own, so that they take nothing from the others
)
_LOG_PRIOR = {"en": 2.0, "de": 1.0, "ar": 1.0, "ru": 0.5, "fr": 0.5, "es": 0.5, "tr": 0.0}
_LOG_PRIOR_OF_OTHERS = -0.5
_UNKNOWN = "und"
_ENOUGH = 2_000  # characters; more text does not change the answer, only the time


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the likeliest of `LANGUAGES`, or "und" where the text has no letters to tell by."""
    if not any(character.isalpha() for character in text):
        return _UNKNOWN
    ranked = _identifier().rank(text[:_ENOUGH])
    return str(max(ranked, key=lambda guess: _log_posterior(*guess))[0])


def _log_posterior(language: str, likelihood: float) -> float:
    return math.log(max(float(likelihood), 1e-30)) + _LOG_PRIOR.get(language, _LOG_PRIOR_OF_OTHERS)


@cache
def _identifier() -> LanguageIdentifier:
    # An identifier of our own: the library's shared one may be set to other languages by another program.
    with resources.as_file(resources.files("py3langid").joinpath("data/model.npz.xz")) as file:
        try:
            identifier = LanguageIdentifier.from_modelpath(str(file), norm_probs=True)
        except OSError as error:  # the library unpacks it into a temporary file
            raise ModelError(
                f"{tempfile.gettempdir()}: what tells languages cannot be unpacked here ({error.strerror}). Look at "
                "the free space of this folder, or name another folder for temporary files: TMPDIR."
            ) from error
    identifier.set_languages([code for code in LANGUAGES if code in set(identifier.labels)])
    return identifier
