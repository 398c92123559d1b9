import pytest

from memos.figures.models import RequestTally


@pytest.fixture(autouse=True)
def no_requests_of_others(db: None) -> None:
    """Servers that other tests started have written down theirs."""
    RequestTally.objects.all().delete()
