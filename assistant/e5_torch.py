"""The embedded model as a sentence-transformers model: the reference, and the fallback where ONNX Runtime fails."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assistant.e5 import PASSAGE_PREFIX, QUERY_PREFIX, Weights, build_folder, make_tokenizer

if TYPE_CHECKING:
    from transformers import BertModel

__all__ = ["LAYER_TENSORS", "build_torch_model", "make_bert"]

# Names of the tensors in the file, with those that transformers' BertModel gives them.
LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def build_torch_model(cache: Path) -> Path:
    """A folder that `SentenceTransformer` loads, made on the first call (about 450 MB, 20 seconds)."""
    return build_folder(cache, "multilingual-e5-small", _save)


def _state(weights: Weights) -> dict[str, npt.NDArray[np.float32]]:
    header = weights.header
    state = {
        "embeddings.word_embeddings.weight": weights.tensor("emb.word").reshape(header.vocabulary, header.hidden),
        "embeddings.position_embeddings.weight": weights.tensor("emb.pos").reshape(header.positions, header.hidden),
        "embeddings.token_type_embeddings.weight": weights.tensor("emb.type").reshape(
            header.token_types, header.hidden
        ),
        "embeddings.LayerNorm.weight": weights.tensor("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.tensor("emb.ln.b"),
    }
    for layer in range(header.layers):
        for short, name in LAYER_TENSORS.items():
            weight, bias = weights.tensor(f"l{layer}.{short}.w"), weights.tensor(f"l{layer}.{short}.b")
            norm = name.endswith("LayerNorm")
            state[f"encoder.layer.{layer}.{name}.weight"] = weight if norm else weight.reshape(len(bias), -1)
            state[f"encoder.layer.{layer}.{name}.bias"] = bias
    return state


def make_bert(weights: Weights) -> BertModel:
    """The weights as the model of transformers that they are of."""
    import torch
    from transformers import BertConfig, BertModel

    header = weights.header
    config = BertConfig(
        vocab_size=header.vocabulary,
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.feed_forward,
        max_position_embeddings=header.positions,
        type_vocab_size=header.token_types,
        layer_norm_eps=header.epsilon,
        pad_token_id=weights.special["<pad>"],
    )
    bert = BertModel(config)
    state = {name: torch.from_numpy(value) for name, value in _state(weights).items()}
    # BERT's own pooler is not part of this model: zeros, so that the same weights give the same folder.
    for name in ("pooler.dense.weight", "pooler.dense.bias"):
        state[name] = torch.zeros_like(bert.get_parameter(name))
    bert.load_state_dict(state)
    return bert


def _save(weights: Weights, folder: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import PreTrainedTokenizerFast

    header, bert = weights.header, make_bert(weights)
    names = dict.fromkeys(("bos_token", "cls_token"), "<s>") | dict.fromkeys(("eos_token", "sep_token"), "</s>")
    names |= {"pad_token": "<pad>", "unk_token": "<unk>"}
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=make_tokenizer(weights),
        model_max_length=header.positions,
        **names,
    )
    with tempfile.TemporaryDirectory(dir=folder) as plain:
        bert.save_pretrained(plain)
        tokenizer.save_pretrained(plain)
        transformer = Transformer(plain, max_seq_length=header.positions)
    model = SentenceTransformer(
        modules=[transformer, Pooling(header.hidden, "mean"), Normalize()],
        prompts={"query": QUERY_PREFIX, "document": PASSAGE_PREFIX},
        device="cpu",
    )
    model.save(str(folder), create_model_card=False)
