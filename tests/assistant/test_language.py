"""Languages: short questions of the kind that is asked, and texts without letters."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.language import LANGUAGES, detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Who controls Abu Kamal?", "en"),
        ("Wer kontrolliert Abu Kamal?", "de"),
        ("من يسيطر على البوكمال؟", "ar"),
        ("Кто контролирует Абу-Камаль?", "ru"),
        ("Qui contrôle la ville d'Abou Kamal ?", "fr"),
        ("谁控制了阿勒颇？", "zh"),
        ("アレッポで何が起きたか", "ja"),
        ("မြဝတီကို ဘယ်သူ ထိန်းချုပ်သလဲ", "my"),
        ("តើអ្នកណាគ្រប់គ្រងទីក្រុង", "km"),
        ("2017-11-09", "und"),
        ("", "und"),
        ("?!…", "und"),
    ],
)
def test_the_language_of_a_short_text_is_told(text: str, language: str) -> None:
    assert detect_language(text) == language


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_any_text_has_one_of_the_known_languages_or_none(text: str) -> None:
    assert detect_language(text) in {*LANGUAGES, "und"}


_NO_ROOM = """
import resource
from assistant.errors import LagebildError
from assistant.language import detect_language
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, -1))
try:
    detect_language("Who controls Abu Kamal?")
except LagebildError as error:
    print(error)
"""


def test_no_room_for_temporary_files_is_told() -> None:
    done = subprocess.run([sys.executable, "-c", _NO_ROOM], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.endswith(": TMPDIR.\n"), done.stderr
