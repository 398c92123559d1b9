"""Fit the projection of MiniLM's token vectors: `python -m bench.fit_projection TEXTS.txt`, one text a line.

The projection is the span of the 96 largest eigenvectors of the uncentred covariance of the token vectors, so that dot
products are kept as well as 96 dimensions can keep them. The one that ships was made from the MIT-licensed chats of
MemoryBank-SiliconFriend (1,132 messages, 41,908 pieces; 72 % of the energy is kept).
"""

import argparse
from pathlib import Path

import numpy as np

from graphs.embedders import minilm

DIMENSIONS = 96


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--out", type=Path, default=minilm.PROJECTION)
    arguments = parser.parse_args()
    states = token_states(arguments.texts.read_text(encoding="utf-8").splitlines())
    energy, directions = np.linalg.eigh(states.T @ states)
    np.save(arguments.out, directions[:, ::-1][:, :DIMENSIONS].astype(np.float16))
    print(f"{len(states)} pieces, {energy[-DIMENSIONS:].sum() / energy.sum():.1%} of the energy kept: {arguments.out}")


def token_states(texts: list[str]) -> np.ndarray:
    encodings = minilm._tokenizer().encode_batch(texts)
    order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
    rows = [
        minilm._unit(states)
        for batch in minilm._batches(order, encodings)
        for states in minilm._forward([encodings[i] for i in batch])
    ]
    return np.concatenate(rows)


if __name__ == "__main__":
    main()
