"""Writes what training changed as the file that ships, and reads it: `python -m training.export reader.pt FILE.npz`."""

from __future__ import annotations

import argparse
import hashlib
import logging
from pathlib import Path

import numpy as np
import torch

from assistant.e5_torch import LAYER_TENSORS
from assistant.layers import quantise

__all__ = ["export", "restored"]

_SHORT = {name: short for short, name in LAYER_TENSORS.items()}


def export(weights: Path, target: Path, beside: Path | None = None, share: float = 1.0) -> str:
    """Matrices as int8 with a float32 scale a row, vectors as float16, the head as float32; returns the sha256.

    `weights` is the `reader.pt` or `encoder.pt` of a run, or a checkpoint. With `beside`, a file that was written so
    before, what is written is `share` (0 to 1) of the run's weights and the rest of that file's.
    """
    arrays: dict[str, np.ndarray] = {}
    found = torch.load(weights, weights_only=True)
    others = restored(beside) if beside is not None else {}
    for name, tensor in found.get("weights", found).items():
        value = tensor.float()
        value = (torch.lerp(others[name], value, share) if others else value).numpy()
        parts = name.removeprefix("backbone.").split(".")
        if parts[0] == "head":
            arrays[f"head.{parts[1][0]}"] = value
            continue
        short = f"l{parts[2]}.{_SHORT['.'.join(parts[3:-1])]}.{parts[-1][0]}"
        if value.ndim == 1:
            arrays[short] = value.astype(np.float16)
        else:
            matrix = short.removesuffix(".w")
            arrays[f"{matrix}.int8"], arrays[f"{matrix}.scales"] = quantise(value)
    np.savez(target, allow_pickle=False, **arrays)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def restored(file: Path) -> dict[str, torch.Tensor]:
    """The weights in a file that `export` wrote, by the names that training gives them, in float32."""
    found: dict[str, torch.Tensor] = {}
    with np.load(file) as arrays:
        for short in arrays.files:
            parts = short.split(".")
            if parts[-1] == "scales":
                continue
            value = arrays[short].astype(np.float32)
            if parts[-1] == "int8":
                value *= arrays[short.removesuffix("int8") + "scales"][:, None]
            ending = "bias" if parts[-1] == "b" else "weight"
            if parts[0] == "head":
                name = f"head.{ending}"
            else:
                name = f"backbone.encoder.layer.{parts[0][1:]}.{LAYER_TENSORS['.'.join(parts[1:-1])]}.{ending}"
            found[name] = torch.from_numpy(value)
    return found


def main() -> None:
    """Write the file, and log its hash."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--beside", type=Path, help="a file written before, to take the mean with")
    parser.add_argument("--share", type=float, default=0.6, help="of the run's weights in that mean")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    share = given.share if given.beside else 1.0
    logging.getLogger("training").info("sha256 %s", export(given.weights, given.target, given.beside, share))


if __name__ == "__main__":
    main()
