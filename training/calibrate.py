"""Fits when an answer is likelier than not: `python -m training.calibrate ../shared FILE.npz`.

The best passage's log odds, of questions about the one XQuAD article of the training half that was not trained on,
once with the passage that answers and once without it, in several languages. One slope and one threshold, by logistic
regression (a temperature and a bias: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
"""

from __future__ import annotations

import hashlib
import logging
import sys
from pathlib import Path

import numpy as np

from assistant.e5 import load_tokenizer
from assistant.layers import LayersFile
from assistant.reader import OnnxReader
from assistant.reader_onnx import build_reader
from assistant.settings import Settings
from training.evaluate import articles, balanced, chances, read, retrieve
from training.examples import TRAINING_ARTICLES

__all__ = ["main"]

_log = logging.getLogger("training")


def main() -> None:
    """Read, fit, and log what to write into assistant/reader.py."""
    from sklearn.linear_model import LogisticRegression

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    shared, file = Path(sys.argv[1]), Path(sys.argv[2])
    cache = Settings.from_environment().cache
    layers = LayersFile(file, hashlib.sha256(file.read_bytes()).hexdigest(), "reader")
    reader = OnnxReader(build_reader(cache, layers), load_tokenizer(cache), layers.short)
    there: list[float] = []
    removed: list[float] = []
    for language in ("de", "en", "ar"):
        found = retrieve(articles(shared, language, TRAINING_ARTICLES - 1, TRAINING_ARTICLES))
        for asked in read(found, reader).values():
            yes, no = chances(asked)
            there += yes
            removed += no
    fitted = LogisticRegression(C=1e6).fit(np.array([*there, *removed])[:, None], [1] * len(there) + [0] * len(removed))
    slope, bias = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    _log.info("%d questions: shift %.2f, temperature %.2f", len(there), -bias / slope, 1 / slope)
    _log.info("best balanced accuracy %.3f from %.2f", *balanced(there, removed))


if __name__ == "__main__":
    main()
