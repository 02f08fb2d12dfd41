"""ONNX Runtime as both models here run under it: one thread for a batch, and batches beside each other.

Two threads for one batch of texts wait for each other in circles, which takes the processor from the rest of an ingest
and from other questions (docs/decisions/0008). Knows files and batches; knows nothing of models or texts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["batches", "open_session", "run_batches"]

Batch = TypeVar("Batch")
Result = TypeVar("Result")


def open_session(file: Path) -> InferenceSession:
    """The graph of this file, to be run by any number of threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    options.intra_op_num_threads = 1
    # BiasGeluFusion: what it makes of two operators takes longer than the two.
    return onnxruntime.InferenceSession(
        str(file), options, providers=["CPUExecutionProvider"], disabled_optimizers=["BiasGeluFusion"]
    )


def batches(lengths: Sequence[int], tokens: int) -> list[list[int]]:
    """Places in `lengths`, in batches of up to so many tokens, padding included: each of texts of about one length.

    The long ones come first: then all end at about one time. Few texts are shared out to all processors.
    """
    share = -(-len(lengths) // _processors())
    found: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not found or len(found[-1]) == share or (len(found[-1]) + 1) * lengths[place] > tokens:
            found.append([])
        found[-1].append(place)
    return found[::-1]


def run_batches(run: Callable[[Batch], Result], batches: Sequence[Batch]) -> Iterator[Result]:
    """What `run` makes of each batch, in their order; as many at once as there are processors for this process."""
    if len(batches) < 2:
        yield from map(run, batches)
        return
    with ThreadPoolExecutor(_processors()) as pool:
        yield from pool.map(run, batches)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
