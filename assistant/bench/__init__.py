"""Measures retrieval beside what a user would otherwise write: quality, ingest, latency, memory.

data.py       the third-party data, as reports and questions
peers.py      LlamaIndex's plain pipeline and txtai
quality.py    hit@k, MRR and nDCG@10, for paragraphs and for sentences
speed.py      sentences a second, milliseconds a question, megabytes; each system in a process of its own
table.py      the result, for a terminal
"""

from __future__ import annotations
