"""Measures the answers over a user's own reports, with the user's own questions: `lagebild eval`.

questions.py  the format of the questions: read, checked, written
feedback.py   what people said of answers, as such questions
places.py     what they expect, found in the reports
asking.py     each question asked once, and measured
ranking.py    hit@k, MRR, nDCG@10
citations.py  citation recall and precision as ALCE defines them
judges.py     who judges those
figures.py    the means of a run, written and read
comparing.py  two runs, question by question
table.py      for a terminal
page.py       for a browser, with what plots.py draws
"""

from __future__ import annotations
