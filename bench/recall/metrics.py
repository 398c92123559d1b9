"""The figures, each of one question. docs/recall.md says what they mean."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import Stemmer

LEAST_SUPPORT = 0.5
"""Share of a turn's content stems that must stand in the block before the turn counts as being there."""
STOP_WORDS = frozenset(
    """a an the and or but if of to in on at by for with from as is are was were be been being am do does did doing
    have has had having i you he she it we they me him her us them my your his its our their this that these those
    there here what which who whom when where why how not no nor so than too very can will just should would could may
    might s t d ll m re ve also about into over after before up down out off then once""".split()
)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORD = re.compile(r"\w+")
_stemmer = Stemmer.Stemmer("english")


def tokens(text: str) -> int:
    """Words and signs: the unit of every budget here, so that no system gains by its own tokenizer."""
    return len(_TOKEN.findall(text))


def stems(text: str) -> frozenset[str]:
    return frozenset(_stemmer.stemWords(_WORD.findall(text.lower())))


def content_stems(text: str) -> frozenset[str]:
    """Without stop words, unless there is nothing else."""
    words = _WORD.findall(text.lower())
    return frozenset(_stemmer.stemWords([word for word in words if word not in STOP_WORDS] or words))


def is_held(turn: str, block: AbstractSet[str]) -> bool:
    needed = content_stems(turn)
    return len(needed & block) >= LEAST_SUPPORT * len(needed)


def recall_at(k: int, ranking: Sequence[str], evidence: Sequence[str]) -> float:
    """Share of the evidence among the first ``k`` different turns of a ranking."""
    return len(set(list(dict.fromkeys(ranking))[:k]) & set(evidence)) / len(set(evidence))


def evidence_in(block: str, claimed: AbstractSet[str], evidence: Sequence[str], texts: Mapping[str, str]) -> float:
    """Share of the evidence turns that an item of the block names and whose words the block holds."""
    held = stems(block)
    wanted = set(evidence)
    return sum(turn in claimed and is_held(texts[turn], held) for turn in wanted) / len(wanted)


def answer_in(block: str, answer: str) -> float | None:
    """Share of the gold answer's content stems that the block holds; None where the answer has no word."""
    wanted = content_stems(answer)
    return len(wanted & stems(block)) / len(wanted) if wanted else None


def figures(
    block: str,
    claimed: AbstractSet[str],
    *,
    budget: int,
    evidence: Sequence[str],
    answer: str,
    texts: Mapping[str, str],
) -> dict[str, float]:
    """What is measured of one block; one that is over its budget holds nothing."""
    used = tokens(block)
    over = used > budget
    found = 0.0 if over else evidence_in(block, claimed, evidence, texts)
    told = answer_in(block, answer)
    measured = {"evidence": found, "all": float(found == 1.0), "tokens": float(used), "over": float(over)}
    if told is not None:
        measured["answer"] = 0.0 if over else told
    return {f"{name}@{budget}": value for name, value in measured.items()}
