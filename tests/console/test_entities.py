"""An entity's page tells what was merged into it and from whom it was told apart."""

import pytest
from django.test import Client

from ingest import merging
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_it_shows_what_was_merged_into_it_and_what_it_is_not_called(console: Client) -> None:
    graph = make.GraphFactory()
    tom, tommy, other = (make.EntityFactory(graph=graph, name=name) for name in ("Tom", "<b>Tommy</b>", "Thomas"))
    merging.absorb(tom, tommy)
    merging.tell_apart(tom, other)
    page = console.get(f"/admin/graphs/entity/{tom.ref}/change/").content.decode()
    assert f"&lt;b&gt;Tommy&lt;/b&gt; ({tommy.ref})" in page
    assert "thomas" in page
    assert "<b>Tommy</b>" not in page
