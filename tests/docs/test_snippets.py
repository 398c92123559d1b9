"""What our pages give to paste into a shell does there what it says."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from django.conf import settings

from memos.api.docs import STEPS
from memos.embedded.first_steps import try_it
from tests.shell import wrong_with

PAGES = [
    settings.BASE_DIR / "README.md",
    *sorted((settings.BASE_DIR / "docs").glob("*.md")),
    *sorted((settings.BASE_DIR / "docs/api").glob("*.md")),
]
_FENCE = re.compile(r"^```(?:sh|bash|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"(?:export |memos |curl |make |\.venv/bin/|[A-Z_]+=)")


def snippets(text: str) -> Iterator[str]:
    """The fences of a page, and what is indented and begins as a command does."""
    yield from _FENCE.findall(text)
    for is_indented, lines in groupby(text.split("\n"), lambda line: line.startswith("    ")):
        block = "\n".join(line[4:] for line in lines)
        if is_indented and _SHELL.match(block):
            yield block


def test_pages_are_full_of_them() -> None:
    assert sum(len(list(snippets(page.read_text()))) for page in PAGES) > 100


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_can_be_pasted(page: Path) -> None:
    wrong = {snippet: told for snippet in snippets(page.read_text()) if (told := wrong_with(snippet))}
    assert not wrong


def test_the_short_start_and_the_first_lines_can_be_pasted() -> None:
    given = [*(step.curl for step in STEPS), *try_it("http://127.0.0.1:8000", "$MEMOS_KEY")]
    assert [told for snippet in given for told in wrong_with(snippet)] == []


@pytest.mark.parametrize(
    ("snippet", "told"),
    [
        ("curl http://here/v1/users?limit=2&cursor=x", "not quoted: http://here/v1/users?limit=2&cursor=x"),
        ('curl "http://here/v1/users/$USER"', "every shell sets it already: $USER"),
        ("curl 'http://here", "unexpected EOF"),
    ],
)
def test_what_a_shell_takes_otherwise_is_found(snippet: str, told: str) -> None:
    assert any(told in one for one in wrong_with(snippet))
