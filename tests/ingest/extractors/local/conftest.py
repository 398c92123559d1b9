from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ingest.extractors.base import Fact, Utterance
from ingest.extractors.local import LocalExtractor

SAID_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""A Tuesday."""

Extract = Callable[..., list[Fact]]


@pytest.fixture(scope="session")
def extractor() -> LocalExtractor:
    return LocalExtractor()


@pytest.fixture
def extract(extractor: LocalExtractor) -> Extract:
    """The facts of one message."""

    def facts(text: str, *, language: str = "en", said_at: datetime = SAID_AT) -> list[Fact]:
        return extractor.extract([Utterance(text, said_at, language)])[0]

    return facts
