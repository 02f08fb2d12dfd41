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

__all__ = ["open_session", "run_batches"]

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


def run_batches(run: Callable[[Batch], Result], batches: Sequence[Batch]) -> Iterator[Result]:
    """What `run` makes of each batch, in their order; as many at once as there are processors for this process."""
    if len(batches) < 2:
        yield from map(run, batches)
        return
    with ThreadPoolExecutor(_processors()) as pool:
        yield from pool.map(run, batches)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
