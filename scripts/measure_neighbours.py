"""Measures how much of what is nearest to a question the vector index finds, and how long that takes.

    python scripts/measure_neighbours.py DATA

Chroma's graph is compared with all vectors of the data folder DATA, for the English questions about the samples and for
questions about events. Over a collection of events, whose sentences lie in heaps, a narrow search loses most.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from statistics import mean, median

from assistant import Settings
from assistant.background import background_for
from assistant.embedding import Vectors, load_embedder
from assistant.filter import EVERYTHING, Filter
from assistant.store import Catalog, VectorIndex
from assistant.store.vectors import VectorMatch

_ROOT = Path(__file__).resolve().parents[1]
_ALL = Filter(without=frozenset({"none of them"}))  # whatever is limited goes through all vectors
_PLACES = ("Douma", "Aleppo", "Raqqa", "Idlib", "Homs", "Deir ez-Zor", "Hama", "Palmyra", "Daraa", "Kobane")
_COUNTS = {"sentences": 100, "passages": 50}  # that a question asks for
_SAME = 1e-5

_Near = Callable[[Vectors, int, Filter], list[VectorMatch]]


def questions() -> dict[str, list[str]]:
    """By what they are about."""
    lines = (_ROOT / "examples" / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    return {
        "samples": [own["question"] for own in asked if own["language"] == "en"],
        "events": [f"Who was killed in {place} in {year}?" for place, year in product(_PLACES, (2014, 2016, 2017))],
    }


def measure(near: _Near, vectors: Sequence[Vectors], count: int) -> str:
    """The share that is found of the nearest, of the ten nearest and of the `count` nearest; the median time."""
    shares = dict[int, list[float]]()
    times = []
    for vector in vectors:
        exact = [match.similarity for match in near(vector, count, _ALL)]
        began = time.perf_counter()
        found = [match.similarity for match in near(vector, count, EVERYTHING)]
        times.append(1000 * (time.perf_counter() - began))
        for first in (1, 10, count):
            least = exact[:first][-1] - _SAME
            share = sum(similarity >= least for similarity in found[:first]) / len(exact[:first])
            shares.setdefault(first, []).append(share)
    told = ", ".join(f"of the {first} nearest {mean(own):.3f}" for first, own in shares.items())
    return f"{told} (at least {min(shares[count]):.2f}), {median(times):.1f} ms"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a data folder")
    data: Path = parser.parse_args().data
    embedder = load_embedder(Settings.from_environment())
    background = background_for(embedder.identity)
    with Catalog(data / "catalog.sqlite") as catalog:
        index = VectorIndex(data, catalog)
        for about, asked in questions().items():
            vectors = background.centre_queries(embedder.embed_queries(asked), "en")
            for kind, near in (("sentences", index.near_sentences), ("passages", index.near_passages)):
                print(f"{kind}, questions about {about}: {measure(near, list(vectors), _COUNTS[kind])}", flush=True)
        index.close()


if __name__ == "__main__":
    main()
