"""Trains the reader: `python -m training.train ../shared/ RUN-FOLDER`. Goes on where it was interrupted.

The same seed gives the same examples in the same order; sums in bfloat16 may differ in the last bits from one
processor to another.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from assistant.e5_torch import build_torch_model
from assistant.settings import Settings
from training.encode import Encoded, batches, encode
from training.examples import read_all
from training.export import restored
from training.model import Reader, collate, loss_of

__all__ = ["main"]

_log = logging.getLogger("training")

SEED = 20171109
BATCH_TOKENS = 2_400
RATE, HEAD_RATE = 7e-5, 3e-4
WARM_UP = 60  # steps
COOL_DOWN = 0.3  # of the steps, at the end
PHRASE_WEIGHT = 1.0  # of the loss for phrases, against the one for sentences
SAVE_EVERY = 240  # seconds
LOG_EVERY, FOLD_EVERY = 25, 300  # steps


def prepare(shared: Path, folder: Path) -> tuple[list[Encoded], list[Encoded]]:
    """The training set and the held-out fold, as tokens."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    draw = random.Random(SEED)
    train: list[Encoded] = []
    fold: list[Encoded] = []
    for example in read_all(shared, SEED):
        encoded = encode(example, tokenizer, draw)
        if encoded is not None:
            (fold if example.held_out else train).append(encoded)
    return train, fold


class Optimizer:
    """AdamW on float32 copies of the bfloat16 weights, so that small steps are not rounded away."""

    def __init__(self, model: Reader) -> None:
        self.live = [p for p in model.parameters() if p.requires_grad]
        self.master = [p.detach().float().clone().requires_grad_() for p in self.live]
        head = {id(p) for p in model.head.parameters()}
        groups: dict[tuple[float, float], list[torch.Tensor]] = {}
        for live, master in zip(self.live, self.master, strict=True):
            rate = HEAD_RATE if id(live) in head else RATE
            groups.setdefault((rate, 0.01 if live.dim() > 1 else 0.0), []).append(master)
        self.adam = torch.optim.AdamW(
            [{"params": ps, "lr": rate, "peak": rate, "weight_decay": decay} for (rate, decay), ps in groups.items()],
            betas=(0.9, 0.98),
            fused=True,
        )

    def step(self, share: float) -> float:
        """One step at this share of the peak rates; returns the norm of the gradient before it was clipped."""
        for group in self.adam.param_groups:
            group["lr"] = group["peak"] * share
        for live, master in zip(self.live, self.master, strict=True):
            master.grad = live.grad.float() if live.grad is not None else None
            live.grad = None
        norm = float(torch.nn.utils.clip_grad_norm_(self.master, 1.0))
        self.adam.step()
        self.publish()
        return norm

    @torch.no_grad()
    def publish(self) -> None:
        """Copy the weights into the model."""
        for live, master in zip(self.live, self.master, strict=True):
            live.copy_(master)


def schedule(step: int, total: int) -> float:
    """Up, level, and down to nothing at `total`: the level part lets a run be ended early by a smaller total."""
    cool = int(total * COOL_DOWN)
    return min(1.0, (step + 1) / WARM_UP, max(total - step, 0) / cool)


def save(path: Path, state: dict[str, Any]) -> None:
    """Write whole or not at all."""
    scratch = path.with_suffix(".new")
    torch.save(state, scratch)
    scratch.replace(path)


@torch.no_grad()
def fold_loss(model: Reader, fold: list[Encoded]) -> dict[str, float]:
    """Losses over the held-out fold, and how often "is there an answer" and "which sentence" are right."""
    support, phrase, answerable, sentence, having = 0.0, 0.0, 0, 0, 0
    model.eval()
    for batch in batches(fold, BATCH_TOKENS, random.Random(0)):
        scores = model(*collate(batch))
        one, two = loss_of(scores, batch)
        support, phrase = support + one.item() * len(batch), phrase + two.item() * len(batch)
        for row, example in enumerate(batch):
            values = [float(scores[row, a:b, 2].mean()) if a < b else -30.0 for a, b in example.sentences]
            answerable += (torch.tensor(values).logsumexp(0).item() > 0) == bool(example.support)
            if example.support:
                having += 1
                sentence += values.index(max(values)) in example.support
    model.train()
    count = len(fold)
    return {
        "support": support / count,
        "phrase": phrase / count,
        "answerable": answerable / count,
        "sentence": sentence / max(having, 1),
    }


class Run:
    """A training under way: what it has to remember to go on after an interruption, and where it keeps that."""

    def __init__(self, folder: Path, model: Reader, start: Path | None = None) -> None:
        """Goes on from the folder's checkpoint, or else begins with the weights of a file that `export` wrote."""
        self.model = model
        self.optimizer = Optimizer(model)
        self.checkpoint = folder / "checkpoint.pt"
        self.step = 0
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, weights_only=True)
            self._take(state["weights"])
            self.optimizer.adam.load_state_dict(state["adam"])
            self.step = state["step"]
            _log.info("going on from step %d", self.step)
        elif start is not None:
            self._take(restored(start))

    def _take(self, weights: dict[str, torch.Tensor]) -> None:
        for name, master in self.weights().items():
            master.copy_(weights[name])
        self.optimizer.publish()

    def weights(self) -> dict[str, torch.Tensor]:
        """What is trained, by name, in float32."""
        names = [name for name, parameter in self.model.named_parameters() if parameter.requires_grad]
        return dict(zip(names, (master.detach() for master in self.optimizer.master), strict=True))

    def keep(self) -> None:
        """Write the checkpoint."""
        state = {"weights": self.weights(), "adam": self.optimizer.adam.state_dict(), "step": self.step}
        save(self.checkpoint, state)

    def go(self, order: Sequence[list[Encoded]], total: int, fold: list[Encoded]) -> None:
        """Take the steps that are left."""
        saved = started = time.perf_counter()
        seen, sums = 0, [0.0, 0.0, 0.0]
        while self.step < total:
            batch = order[self.step % len(order)]
            support, phrase = loss_of(self.model(*collate(batch)), batch)
            (support + PHRASE_WEIGHT * phrase).backward()  # type: ignore[no-untyped-call]
            norm = self.optimizer.step(schedule(self.step, total))
            self.step += 1
            seen += sum(len(example.ids) for example in batch)
            sums = [before + now for before, now in zip(sums, (support.item(), phrase.item(), norm), strict=True)]
            if self.step % LOG_EVERY == 0:
                pace = seen / (time.perf_counter() - started)
                means = [value / LOG_EVERY for value in sums]
                _log.info("step %d support %.3f phrase %.3f norm %.2f %.0f tokens/s", self.step, *means, pace)
                sums = [0.0, 0.0, 0.0]
            if time.perf_counter() - saved > SAVE_EVERY:
                self.keep()
                saved = time.perf_counter()
            if self.step % FOLD_EVERY == 0 or self.step == total:
                found = fold_loss(self.model, fold)
                _log.info("held out: %s", ", ".join(f"{name} {value:.4f}" for name, value in found.items()))
        self.keep()


def main() -> None:
    """Read, encode, train, save `reader.pt` in the run folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--steps", type=int, help="in place of the epochs")
    parser.add_argument("--start", type=Path, help="a file that training.export wrote, to train further")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-compile", action="store_true", help="where there is no C++ compiler; half as fast")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    torch.manual_seed(SEED)
    given.run.mkdir(parents=True, exist_ok=True)

    folder = build_torch_model(Settings.from_environment().cache)
    train, fold = prepare(given.shared, folder)
    order = list(batches(train, BATCH_TOKENS, random.Random(SEED)))
    total = given.steps or int(len(order) * given.epochs)
    tokens = sum(len(example.ids) for example in train)
    _log.info("%d examples, %d tokens, %d held out, %d steps of %d", len(train), tokens, len(fold), total, len(order))
    run = Run(given.run, Reader(folder, compiled=not given.no_compile), given.start)
    run.go(order, total, fold)
    save(given.run / "reader.pt", run.weights())


if __name__ == "__main__":
    main()
