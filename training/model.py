"""The reader in torch: the embedded backbone with a linear head over its tokens, and what it is trained for.

For each token the head gives three numbers: phrase starts here, phrase ends here, support. A sentence's support is
the mean over its tokens: the log odds that this sentence answers, against "nothing here does". So one softmax over
the sentences of a passage and a constant 0 says which one answers, and whether any does. Where nothing answers, the
phrase starts and ends at `<s>` (J. Devlin et al., "BERT", NAACL 2019, on SQuAD 2.0).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from training.encode import Encoded

__all__ = ["FROZEN_LAYERS", "Reader", "collate", "loss_of"]

FROZEN_LAYERS = 3  # the embeddings and the lowest layers stay those of the embedded model
DROPOUT = 0.1  # of the states, not of the attention, which is much slower with it


class Reader(nn.Module):
    """The backbone in bfloat16, the head in float32."""

    def __init__(self, folder: Path, *, compiled: bool) -> None:
        """`folder` is what `assistant.e5_torch.build_torch_model` made."""
        super().__init__()
        bert = BertModel.from_pretrained(
            folder,
            attn_implementation="sdpa",
            hidden_dropout_prob=DROPOUT,
            attention_probs_dropout_prob=0.0,
            add_pooling_layer=False,
        )
        self.backbone = bert.bfloat16().train()
        for module in (bert.embeddings, *bert.encoder.layer[:FROZEN_LAYERS]):
            module.requires_grad_(False)
        self.head = nn.Linear(bert.config.hidden_size, 3)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self._run = torch.compile(self.backbone, dynamic=True) if compiled else self.backbone

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Shape (texts, tokens, 3), float32: start, end, support."""
        states = self._run(input_ids=ids, attention_mask=mask).last_hidden_state
        scores: Tensor = self.head(states.float())
        return scores


def collate(batch: Sequence[Encoded]) -> tuple[Tensor, Tensor]:
    """Token ids and mask, padded to the longest."""
    longest = max(len(example.ids) for example in batch)
    ids = torch.ones((len(batch), longest), dtype=torch.long)  # 1 is the padding token
    mask = torch.zeros((len(batch), longest), dtype=torch.long)
    for row, example in enumerate(batch):
        ids[row, : len(example.ids)] = torch.tensor(example.ids)
        mask[row, : len(example.ids)] = 1
    return ids, mask


def sentence_logits(scores: Tensor, example: Encoded) -> Tensor:
    """A constant 0 for "nothing here", then one number a sentence; `scores` has the shape (tokens, 3)."""
    means = [
        scores[start:end, 2].mean() if start < end else scores.new_tensor(-30.0) for start, end in example.sentences
    ]
    return torch.stack([scores.new_zeros(()), *means])


def loss_of(scores: Tensor, batch: Sequence[Encoded]) -> tuple[Tensor, Tensor]:
    """The mean losses of a batch in nats: of support, and of phrases (start and end; `<s>` where nothing answers).

    A phrase that the data does not mark, of a passage that answers, counts nothing.
    """
    support, span = [], []
    for row, example in enumerate(batch):
        logits = sentence_logits(scores[row], example)
        logits[[number + 1 for number in example.unsure]] = -torch.inf
        right = [number + 1 for number in example.support] or [0]
        support.append(-logits.log_softmax(0)[right].logsumexp(0))
        if example.span is not None or not (example.support or example.unsure):
            places = [0, *range(example.passage, len(example.ids) - 1)]
            for column, token in enumerate(example.span or (0, 0)):
                span.append(-scores[row, places, column].log_softmax(0)[places.index(token)])
    phrase = torch.stack(span).sum() / (2 * len(batch)) if span else scores.new_zeros(())
    return torch.stack(support).mean(), phrase
