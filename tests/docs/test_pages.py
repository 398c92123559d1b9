"""What the pages of docs/api tell was sent and answered: they are written anew here and compared.

`make docs` keeps what is written, with `WRITE_DOCS=1`.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from graphs import embedders
from graphs.embedders.none import NoEmbedder
from ingest import services as ingestion
from ingest import summaries
from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.models import Scope
from tests.conftest import drain_all
from tests.docs.pages import Writer
from tests.world import Api
from users.models import Summary, User

SOURCES = sorted((settings.BASE_DIR / "docs/source").glob("*.md"))
PAGES = settings.BASE_DIR / "docs/api"
SECRET = "mos_live_4f9C2kQx7dVb1nZs8mKp"
BEGINNING = datetime(2026, 5, 17, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stands still but for a second a request, so that each page tells the same times each time."""
    with time_machine.travel(BEGINNING, tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_page_tells_what_is_answered(
    db: None, clock: time_machine.Traveller, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_words = NoEmbedder()
    monkeypatch.setattr(embedders, "current", lambda: by_words)  # scores are the same on every processor
    monkeypatch.setattr(ingestion, "_wait_for_summary", _made_at_once)
    written = Writer(_Ticking(_backend(), clock), drain_all).page(source)
    page = PAGES / source.name
    if os.environ.get("WRITE_DOCS"):
        page.parent.mkdir(exist_ok=True)
        page.write_text(written)
    assert page.read_text() == written, "docs/api is not what the requests answer now: look at what `make docs` changes"


def _backend() -> Api:
    """With a key that begins alike each time, as the audit log shows it."""
    caller = Caller.from_command(services.create_project(name="Acme"), "create_key")
    issued = services.create_key(caller=caller, name="backend", scopes=list(Scope.values), secret=SECRET)
    return Api(issued.secret, issued.key)


class _Ticking(Api):
    def __init__(self, api: Api, clock: time_machine.Traveller):
        super().__init__(api.secret, api.key)
        self.clock = clock

    def send(self, *args: Any, **kwargs: Any) -> Any:
        self.clock.shift(timedelta(seconds=1))
        return super().send(*args, **kwargs)


def _made_at_once(user: User, asked: datetime) -> Summary:
    """The worker's part, in the transaction of the test."""
    assert asked <= timezone.now()
    summaries.summarise(user.pk)
    return Summary.objects.get(user=user)
