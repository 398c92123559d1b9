"""One name for one thing: in the sidebar, on the list, in the trail to a row, on its page and on its buttons."""

import re

import pytest
from django.test import Client

from graphs.models.memory import SPEAKER
from ingest.models import IngestJob
from memos.demo import conversations
from memos.projects.console.titles import GROUPS
from tests import factories as make
from tests.console.conftest import signed_in

pytestmark = pytest.mark.django_db

LISTS = {name: shown[0] for of in GROUPS.values() for name, shown in of.items() if name != "users_user_choose"}


def heading_of(client: Client, path: str) -> str:
    """The last part of the trail, which is the page's heading."""
    trail = re.search(r'class="console-trail">.*?</nav>', client.get(path).content.decode(), re.DOTALL)
    assert trail
    text = re.sub(r"<[^>]+>", " ", trail[0].split(">", 1)[1]).replace("chevron_right", ">")
    return " ".join(text.split())


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_called_as_in_the_sidebar(console: Client, name: str) -> None:
    assert heading_of(console, f"/admin/{name.replace('_', '/')}/") == LISTS[name]


def test_a_role_is_a_role_everywhere(console: Client) -> None:
    member = make.MembershipFactory()
    page = f"/admin/projects/membership/{member.ref}/change/"

    form = {"role": "support"}
    told = console.post(page, form, follow=True).content.decode() + console.get(page).content.decode()

    assert "Add role" in console.get("/admin/projects/membership/add/").content.decode()
    assert "Delete role" in told
    assert "The role “" in told
    assert "embership “" not in told


def test_a_page_beside_a_row_has_its_own_name(console: Client) -> None:
    user, key = make.UserFactory(first_name="Nadia", last_name=""), make.ApiKeyFactory(name="web")

    assert heading_of(console, "/admin/users/user/playground/") == "Users > Playground"
    assert heading_of(console, f"/admin/users/user/{user.ref}/playground/") == "Users > Playground: Nadia"
    assert heading_of(console, f"/admin/projects/apikey/{key.ref}/rotate/").startswith("API keys > Rotate web")


def test_a_row_is_called_as_on_its_page(console: Client) -> None:
    user = make.UserFactory(first_name="Alice", last_name="")
    memory = make.MemoryFactory(graph=user.graph, content=f"{SPEAKER} cannot open an invoice.")

    assert heading_of(console, f"/admin/users/user/{user.ref}/change/") == "Users > Alice"
    told = heading_of(console, f"/admin/graphs/memory/{memory.ref}/change/")
    assert told == "Memories > Alice cannot open an invoice."


def test_closing_is_what_one_does_to_a_memory(console: Client) -> None:
    memory = make.MemoryFactory()
    page = console.get(f"/admin/graphs/memory/{memory.ref}/change/").content.decode()

    assert "Back to the list" in page
    assert re.findall(r">\s*(Close(?!d by)[^<]*?)\s*<", page) == ["Close memory"]


def test_the_user_of_the_demo_has_a_name() -> None:
    assert conversations.read(conversations.OWN).first_name == "Nadia"


def test_a_viewer_sees_who_a_user_is_and_is_told_so(job: IngestJob) -> None:
    bob = make.OperatorFactory(username="bob", is_superuser=False)
    make.MembershipFactory(project=job.project, operator=bob)
    page = signed_in(Client(), bob).get(f"/admin/users/user/{job.user.ref}/change/").content.decode()

    assert "Alice Miller" in page
    assert "shows who it is about, counts, ids, times and states" in page
