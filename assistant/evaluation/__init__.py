"""Measures the answers over a user's own reports, with the user's own questions: `lagebild eval`.

questions.py  the format of the questions: read, checked, written
citations.py  citation recall and precision as ALCE defines them
"""

from __future__ import annotations
