from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from memos.projects.models import Project
from tests.factories import ProjectFactory

Call = Callable[[str], tuple[int, str]]


@pytest.fixture
def acme(db: None) -> Project:
    return ProjectFactory(name="Acme")


@pytest.fixture
def globex(db: None) -> Project:
    """The neighbour, of whom nothing may be seen or changed."""
    return ProjectFactory(name="Globex")


@pytest.fixture
def call() -> Call:
    """A request with that secret: the status, and the code where it was refused."""

    def answer(secret: str) -> tuple[int, str]:
        response = APIClient().get("/v1/users", headers={"Authorization": f"Bearer {secret}"})
        return response.status_code, response.json().get("code", "")

    return answer
