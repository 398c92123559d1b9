"""The README's tour tells what the server answers. `make docs` writes it anew, with `WRITE_DOCS=1`."""

import os
from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings

from ingest import summaries
from tests.conftest import drain_all
from tests.docs.pages import Writer
from tests.docs.tour import Tour
from tests.world import make_world
from users.models import User

README = settings.BASE_DIR / "README.md"


def work() -> None:
    """What a worker does by itself."""
    drain_all()
    for user in User.objects.all():
        summaries.summarise(user.pk)


@pytest.mark.django_db
def test_the_tour_tells_what_is_answered() -> None:
    text = README.read_text()
    with time_machine.travel(datetime(2026, 11, 23, 17, 45, tzinfo=UTC), tick=False):
        tour = Tour(Writer(make_world().owner, work))
        written = tour.written(text)
    assert len(tour.answers) == text.count("\n    memos -") > 4
    if os.environ.get("WRITE_DOCS"):
        README.write_text(written)
    assert README.read_text() == written, "the README is not what is answered now: look at what `make docs` changes"
