"""The graph that MiniLM runs as, against the model it was made from."""

import numpy as np
import onnxruntime
import pytest

from graphs.embedders import minilm
from graphs.embedders.minilm import MiniLM

TEXTS = [
    "I moved to Lisbon last month and started a job at the harbour.",
    "My sister Ana plays the cello in a small orchestra.",
    "What should I cook tonight?",
    "The invoice page shows an error whenever I open it on my phone, and support has not answered since Tuesday.",
    "Gestern war ich mit meinem Hund am See.",
    "I",
]


@pytest.fixture(scope="module")
def shipped() -> onnxruntime.InferenceSession:
    """The model file with the graph that it came with."""
    return onnxruntime.InferenceSession(minilm._file(*minilm.MODEL), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("text", TEXTS)
def test_it_says_what_the_model_says(shipped: onnxruntime.InferenceSession, text: str) -> None:
    encoding = minilm._tokenizer().encode(text)
    pieces = np.array([encoding.ids])
    inputs = {"input_ids": pieces, "attention_mask": np.ones_like(pieces), "token_type_ids": np.zeros_like(pieces)}
    expected = shipped.run(None, inputs)[0][0]
    (found,) = minilm._forward([encoding])
    assert float(minilm._mean(expected) @ minilm._mean(found)) > 0.98
    assert (minilm._unit(expected) * minilm._unit(found)).sum(axis=1).min() > 0.97


def test_a_text_has_the_same_vectors_in_whatever_batch_it_comes() -> None:
    embedder = MiniLM()
    together = embedder.embed(TEXTS)
    for text, beside in zip(TEXTS, together, strict=True):
        (alone,) = embedder.embed([text])
        assert np.allclose(alone.vector, beside.vector, atol=1e-5)
        assert np.abs(alone.tokens.astype(int) - beside.tokens).max() <= 1


def test_texts_come_back_in_the_order_given() -> None:
    embedder = MiniLM()
    for text, found in zip(TEXTS, embedder.embed(TEXTS), strict=True):
        assert float(embedder.embed_query(text).vector @ found.vector) > 0.999
