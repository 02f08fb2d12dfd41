"""What the REST door gives, by example, for its OpenAPI document. Shortened, and true to the sample reports."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["EXAMPLES", "MARKDOWN", "STREAM"]

_MODEL = "multilingual-e5-small 1571fc982750"
_ABOUT: dict[str, Any] = {
    "id": "ae8b1650b9cf7256",
    "title": "Army declares Al-Bukamal captured, again",
    "source": "Levant Desk",
    "published": "2017-11-19",
    "language": "en",
    "url": "https://example.org/levant-desk/2017/11/19/al-bukamal",
    "details": {"published_from": "metadata"},
}
_QUOTE = (
    "Al-Bukamal is under the full control of the Syrian army and its allies, the army command declared on Sunday, "
    "19 November."
)
_TEXT = (
    f"{_QUOTE} It was the second such announcement in ten days: the first, on 9 November, had been overtaken by an IS "
    "counter-attack."
)
_SCORE = 0.596543
_WHY = {"dense": 0.378073, "lexical": 0.0, "place": 0.170965, "date": 0.0, "reading": 0.047504}
_CITATION: dict[str, Any] = {
    "number": 1,
    "quote": _QUOTE,
    "start": 0,
    "end": len(_QUOTE),
    "page": None,
    "phrase": {"start": 40, "end": 55},
    "score": _SCORE,
    "why": _WHY,
    "report": _ABOUT,
    "names": [{"start": 0, "end": 10, "spelled": "Al-Bukamal", "entity": "place:174448", "name": "Ālbū Kamāl"}],
    "copies": [],
}
_HIT: dict[str, Any] = {
    "report": _ABOUT,
    "text": _TEXT,
    "start": 0,
    "end": len(_TEXT),
    "score": _SCORE,
    "why": _WHY,
    "names": _CITATION["names"],
    "copies": [],
    "best_sentence": {"start": 0, "end": len(_QUOTE), "score": _SCORE},
}
_STATEMENT: dict[str, Any] = {"text": _QUOTE, "citations": [1], "support": "supported", "problems": []}
_ANSWER: dict[str, Any] = {
    "question": "Who controls Abu Kamal?",
    "language": "en",
    "summary": "As of November 19, 2017: the newest report on this (\u2068Levant Desk\u2069, [1]) is 1 day old.",
    "statements": [_STATEMENT],
    "citations": [_CITATION],
    "independent_sources": 1,
    "as_of": "2017-11-19",
    "refusal": None,
    "missing": None,
    "confidence": "high",
    "caveats": [
        {
            "kind": "one_source",
            "text": "Everything quoted comes from one source: \u2068Levant Desk\u2069.",
            "citations": [1],
        }
    ],
    "hits": [_HIT],
    "provenance": {
        "answerer": "extractive",
        "embedding": _MODEL,
        "reader": "lagebild-reader 900fb69baceb",
        "ms": "121",
    },
    "parts": [{"kind": "place", "text": "Abu Kamal", "since": None, "until": None, "without": "Who controls?"}],
}
_TURN: dict[str, Any] = {
    "number": 2,
    "question": "And who says so?",
    "asked": "2017-11-20T09:00:00+00:00",
    "resolved": "And who says so? Who controls Abu Kamal?",
    "understood": {"question": "Who controls Abu Kamal?", "wish": "sources", "carried": []},
    "answer": _ANSWER,
    "lost": [],
    "feedback": {"verdict": "right", "note": "so says its map, too"},
}
_CONVERSATION: dict[str, Any] = {
    "id": "0f3a5c7e9b1d",
    "title": "Who controls Abu Kamal?",
    "started": "2017-11-20T08:59:00+00:00",
    "turns": 2,
}
_JUDGED: dict[str, Any] = {
    "id": "0f3a5c7e9b1d-1",
    "question": "Who controls Abu Kamal?",
    "language": "en",
    "kind": "right",
    "expected": [{"quote": _QUOTE, "report": _ABOUT["id"]}],
    "today": "2017-11-20",
    "note": "so says its map, too",
}
_TOLD = _TURN | {"conversation": _CONVERSATION["id"], "kept": True}
_STATUS: dict[str, Any] = {
    "data": "my-data",
    "reports": 26,
    "passages": 75,
    "sentences": 215,
    "languages": {"en": 12, "ar": 7, "de": 7},
    "oldest": "2017",
    "newest": "2017-12-22",
    "made_with": {"embedding_model": _MODEL},
}
_SENTENCE: dict[str, Any] = {
    "date": "2017-11-19",
    "told": True,
    "quote": _QUOTE,
    "start": 0,
    "end": len(_QUOTE),
    "report": _ABOUT,
}
_PLACE: dict[str, Any] = {
    "entity": "place:174448",
    "name": "Ālbū Kamāl",
    "reports": 14,
    "country": "SY",
    "latitude": 34.45226,
    "longitude": 40.91854,
}

EXAMPLES: dict[tuple[str, str], Any] = {
    ("POST", "/ask"): _ANSWER,
    ("POST", "/retrieve"): {"hits": [_HIT]},
    ("GET", "/reports"): {"reports": [_ABOUT], "next": None},
    ("POST", "/reports"): {"id": _ABOUT["id"], "added": True},
    ("GET", "/reports/{report_id}"): _ABOUT | {"text": _TEXT},
    ("GET", "/names"): {"names": [{"name": "Islamic State", "kind": "group", "reports": 18}]},
    ("GET", "/places"): {"places": [_PLACE]},
    ("GET", "/timeline"): {"sentences": [_SENTENCE], "left_out": 15},
    ("GET", "/status"): _STATUS,
    ("GET", "/health"): {"status": "ok"},
    ("GET", "/conversations"): {"conversations": [_CONVERSATION]},
    ("POST", "/conversations"): _TOLD,
    ("GET", "/conversations/{conversation}"): {
        "id": _CONVERSATION["id"],
        "title": _CONVERSATION["title"],
        "turns": [_TURN],
    },
    ("PATCH", "/conversations/{conversation}"): _CONVERSATION | {"title": "Abu Kamal, November"},
    ("POST", "/conversations/{conversation}/ask"): _TOLD,
    ("PUT", "/conversations/{conversation}/turns/{number}/feedback"): _TURN["feedback"],
    ("GET", "/feedback"): {"questions": [_JUDGED]},
}
"""By method and path, of each route that answers with JSON."""

STREAM = "".join(
    f"event: {name}\ndata: {json.dumps(data)}\n\n"
    for name, data in (("citation", _CITATION), ("statement", _STATEMENT), ("answer", _ANSWER))
)
"""What /ask/stream sends."""

MARKDOWN = f"# Who controls Abu Kamal?\n\n## 1\\. Who controls Abu Kamal?\n\n> {_QUOTE}\n"
"""The beginning of an exported conversation."""
