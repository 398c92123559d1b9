"""The three blocks. A template says which sections there are, in which order they win space, and what goes where.

How a block looks is in `templates/context/`; what a section is called stands there too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from graphs.kinds import MemoryKind
from graphs.models import Memory

PROBLEM = re.compile(
    r"\b(?:problem|issue|error|bug|broken|breaks?|crash\w*|fail\w*|fault\w*|stuck|wrong|missing|lost|late|delay\w*|"
    r"refund\w*|complain\w*|unable|can(?:no|')t|won't|doesn't work|not working|cancel\w*|charged|overcharged|unpaid|"
    r"damaged|ticket|outage)\b",
    re.IGNORECASE,
)
"""Words by which people tell of trouble, as a help desk would search for them."""


@dataclass(frozen=True, slots=True)
class Template:
    """``place`` names the section of a memory, ``excerpts`` that of an episode with those words; ``first`` are the
    sections that win space before the others; ``bullet`` is what a fact's line begins with."""

    name: str
    place: Callable[[Memory], str]
    excerpts: Callable[[str], str]
    first: frozenset[str] = frozenset()
    bullet: Callable[[Memory], str] = lambda memory: "- "


def _chat(memory: Memory) -> str:
    return "manner" if memory.kind in (MemoryKind.INSTRUCTION, MemoryKind.PREFERENCE) else "facts"


def _agent(memory: Memory) -> str:
    if memory.kind == MemoryKind.INSTRUCTION:
        return "instructions"
    return "plans" if memory.kind in (MemoryKind.PLAN, MemoryKind.GOAL) and _is_open(memory) else "facts"


def _support(memory: Memory) -> str:
    return "problems" if PROBLEM.search(memory.content) and _is_open(memory) else "facts"


def _is_open(memory: Memory) -> bool:
    now = timezone.now()
    return not (memory.valid_to and memory.valid_to <= now)


TEMPLATES = {
    "chat": Template("chat", _chat, lambda text: "said"),
    "agent": Template(
        "agent",
        _agent,
        lambda text: "said",
        first=frozenset(["instructions", "plans"]),
        bullet=lambda memory: f"- {memory.kind}: ",
    ),
    "support": Template(
        "support",
        _support,
        lambda text: "history" if PROBLEM.search(text) else "said",
        first=frozenset(["problems", "history"]),
    ),
}
NAMES = [(name, name) for name in TEMPLATES]
