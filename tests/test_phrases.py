"""What questions and sentences say, on texts by people who had seen no list of phrases."""

from __future__ import annotations

from statistics import mean

from scripts.measure_phrases import measure


def test_what_is_said_is_mostly_told_and_what_only_seems_to_be_hardly_ever() -> None:
    said = list(measure())
    languages = {one.language for one in said}
    assert len(languages) >= 16
    for language in languages:
        own = [one for one in said if one.language == language]
        assert mean(one.right for one in own if not one.kind.startswith("not_")) >= 0.55, language
        assert mean(one.right for one in own if one.kind.startswith("not_")) >= 0.93, language
