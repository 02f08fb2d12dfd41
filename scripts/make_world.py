"""Makes assistant/data/world.npz, the land, the borders and the countries of the world that the map draws.

Usage: npm pack world-atlas@2.0.2 && tar xf world-atlas-2.0.2.tgz
       python scripts/make_world.py package/countries-50m.json

The data is Natural Earth's (public domain), at 1:50 million, as TopoJSON by world-atlas (ISC licence).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from babel.core import get_global

WORLD = Path(__file__).parents[1] / "assistant" / "data" / "world.npz"


def main(source: Path) -> None:
    """Write the file: lines as steps between points (see assistant/world.py)."""
    atlas = json.loads(source.read_text("utf-8"))
    lines = [np.array(arc, dtype=np.int32) for arc in atlas["arcs"]]
    land = [ring for geometry in atlas["objects"]["land"]["geometries"] for ring in _rings(geometry)]
    countries = [
        (_code(country), ring) for country in atlas["objects"]["countries"]["geometries"] for ring in _rings(country)
    ]
    used = Counter(arc if arc >= 0 else ~arc for _, ring in countries for arc in ring)
    named = [(code, ring) for code, ring in countries if code]
    np.savez_compressed(
        WORLD,
        steps=np.concatenate(lines),
        ends=np.cumsum([len(line) for line in lines]).astype(np.int32),
        land=np.array([arc for ring in land for arc in ring], dtype=np.int16),
        land_ends=np.cumsum([len(ring) for ring in land]).astype(np.int32),
        countries=np.array([arc for _, ring in named for arc in ring], dtype=np.int16),
        country_ends=np.cumsum([len(ring) for _, ring in named]).astype(np.int32),
        codes=np.array([code for code, _ in named]),
        borders=np.array(sorted(arc for arc, times in used.items() if times > 1), dtype=np.int16),
        scale=np.array(atlas["transform"]["scale"]),
        origin=np.array(atlas["transform"]["translate"]),
    )


def _code(country: dict[str, Any]) -> str:
    """The ISO 3166 code of two letters; empty where there is none, as for Somaliland."""
    codes = get_global("territory_aliases").get(country.get("id", ""), ())
    return codes[0] if len(codes) == 1 else ""


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    polygons = geometry.get("arcs", [])
    for polygon in polygons if geometry["type"] == "MultiPolygon" else [polygons]:
        yield from polygon


if __name__ == "__main__":
    main(Path(sys.argv[1]))
