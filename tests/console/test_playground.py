"""The playground: the block that the API gives, with the reason for each line."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from graphs import embedders
from graphs.embedders import NoEmbedder
from memos.projects.models import AuditEntry, Membership, Operator, Project
from tests import factories as make
from tests.conftest import Drain
from tests.world import Api
from threads.models import Message
from users.models import User

QUESTIONS = [
    "",
    "Where does Alice live?",
    "tea & <b>biscuits</b>",
    "When is the trip?",
    "Is the order broken?",
    "Rome?",
]


@pytest.fixture
def told(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> User:
    for name in ("acme", "manual"):
        api.new_group(name)
        api.state(name, f"The {name} office closes at six.")
    api.say(thread, "lives_in Lisbon", "likes tea & <b>biscuits</b>", "plans a trip to Rome",
            "My order 1234 is broken.", "wants short answers")  # fmt: skip
    drain()
    return User.objects.select_related("graph", "project").get()


def path(user: User) -> str:
    return f"/admin/users/user/{user.ref}/playground/"


def shown(console: Client, user: User, **given: Any) -> Any:
    response = console.get(path(user), given)
    assert response.status_code == 200
    return response


def block_of(response: Any) -> str:
    """As somebody would copy it."""
    [pre] = re.findall(r'<pre id="pg-block"[^>]*>(.*?)</pre>', response.content.decode(), re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", pre))


@pytest.mark.parametrize("template", ["chat", "agent", "support"])
@pytest.mark.parametrize("query", QUESTIONS)
def test_the_block_is_what_the_api_gives(console: Client, api: Api, told: User, query: str, template: str) -> None:
    for extra in ({}, {"groups": "acme,manual"}, {"maxTokens": "70"}, {"asOf": timezone.now().isoformat()}):
        given = {"template": template, **({"query": query} if query else {}), **extra}
        answer = api.get(f"/v1/users/{told.ref}/context", **given).json()
        page = shown(console, told, **given)
        assert block_of(page) == answer["context"]
        assert page.context["made"].tokens == answer["tokens"]


def test_each_line_leads_to_its_reason_and_that_to_what_was_said(console: Client, told: User) -> None:
    page = shown(console, told, query="Where does Alice live?")
    text = page.content.decode()
    lines = page.context["lines"]
    assert lines
    for line in lines:
        assert f'href="#why-{line["number"]}"' in text
        assert f'id="why-{line["number"]}"' in text
        assert line["reason"].because
        assert line["reason"].quotes
    message = Message.objects.get(content="lives_in Lisbon")
    [quote] = next(line["reason"].quotes for line in lines if line["text"] == "- Alice lives in Lisbon.")
    assert quote.path == f"/admin/threads/thread/{message.thread.ref}/replay/?message={message.ref}#{message.ref}"
    assert (quote.text, quote.speaker) == ("lives_in Lisbon", "User")
    assert console.get(quote.path).status_code == 200


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ({"maxTokens": "9000"}, "Budget in tokens"),
        ({"maxTokens": "0"}, "Budget in tokens"),
        ({"maxTokens": "many"}, "Budget in tokens"),
        ({"query": "x" * 2001}, "Question"),
        ({"query": "  "}, "Question"),
        ({"query": "\0"}, "Question"),
        ({"template": "poem"}, "Template"),
        ({"asOf": "yesterday"}, "As of (UTC)"),
        ({"asOf": "2999-01-01T00:00"}, "As of (UTC)"),
        ({"asOf": "0001-01-01T00:00:00+14:00"}, "As of (UTC)"),
        ({"groups": "nope"}, "Groups"),
        ({"groups": ",".join(f"g{number}" for number in range(21))}, "Groups"),
    ],
)
def test_what_the_api_refuses_is_refused_by_field(
    console: Client, api: Api, told: User, given: Any, label: str
) -> None:
    assert api.get(f"/v1/users/{told.ref}/context", **given).status_code in (400, 404)
    page = shown(console, told, **given)
    assert f'class="pg-error">{label}: ' in page.content.decode()
    assert "made" not in page.context


def test_a_time_is_utc_and_an_address_of_the_api_fills_the_form(console: Client, told: User) -> None:
    page = shown(console, told, asOf="2026-05-17T14:00:00+02:00", groups="acme,manual", template="agent")
    form = page.context["form"]
    assert form.values["as_of"].isoformat() == "2026-05-17T12:00:00+00:00"
    assert 'value="2026-05-17T12:00:00"' in page.content.decode()
    assert [box.data["selected"] for box in form["groups"]] == [True, True]
    assert shown(console, told, asOf="2026-05-17T12:00").context["form"].values["as_of"] == form.values["as_of"]


def test_the_same_call_is_there_for_a_shell(console: Client, told: User) -> None:
    curl = shown(console, told, query="What's Alice's tea?", groups="acme").context["curl"]
    assert curl.startswith(f"curl -sS -G http://testserver/v1/users/{told.ref}/context ")
    assert '"Authorization: Bearer $MEMOS_KEY"' in curl
    assert """--data-urlencode 'query=What'"'"'s Alice'"'"'s tea?'""" in curl
    assert "--data-urlencode groups=acme" in curl


def test_groups_are_those_of_the_same_project(console: Client, told: User) -> None:
    make.GroupFactory(name="elsewhere")
    page = shown(console, told)
    assert "elsewhere" not in page.content.decode()
    assert "There is no group" in shown(console, told, groups="elsewhere").content.decode()


def test_what_was_said_is_shown_and_never_run(console: Client, told: User) -> None:
    for query in ("", "tea & <b>biscuits</b>"):
        assert "<b>biscuits" not in shown(console, told, query=query).content.decode()


def test_of_whom_nothing_is_known_it_says_what_to_do(console: Client, api: Api, told: User, scripted: Any) -> None:
    new = api.new_user()
    user = User.objects.get(external_id=None)
    text = shown(console, user).content.decode()
    assert f"POST /v1/users/{new['id']}/threads" in text
    api.say(api.new_thread(new), "lives_in Lisbon")
    assert "ingest job</a> has not ended" in shown(console, user).content.decode()


def test_that_vectors_are_off_is_said(console: Client, told: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Vectors are off" not in shown(console, told, query="Where does Alice live?").content.decode()
    monkeypatch.setattr(embedders, "current", NoEmbedder)
    type(told.graph).objects.update(embedding_model="")
    assert "Vectors are off" not in shown(console, told).content.decode()  # nothing was asked
    page = shown(console, told, query="Where does Alice live?")
    assert page.context["degraded"] == "This installation has no embedder."
    assert "Vectors are off" in page.content.decode()
    assert "- Alice lives in Lisbon." in block_of(page)


def test_whoever_may_not_read_words_sees_none(client: Client, told: User) -> None:
    operator = make.OperatorFactory(is_superuser=False)
    client.force_login(operator)
    assert client.get(path(told)).status_code in (302, 403, 404)
    member = make.MembershipFactory(project=_live(told.project), operator=operator, role=Membership.Role.VIEWER)
    assert client.get(path(told)).status_code == 403
    assert client.get("/admin/users/user/playground/").status_code == 403
    assert "Playground" not in client.get(f"/admin/users/user/{told.ref}/change/").content.decode()
    member.reads_words = True
    member.save()
    assert client.get(path(told)).status_code == 200
    assert path(told) in client.get("/admin/users/user/playground/").content.decode()


def test_who_reads_words_in_one_project_reads_none_in_another(client: Client, told: User) -> None:
    operator = make.OperatorFactory(is_superuser=False)
    make.MembershipFactory(project=make.UserFactory().project, operator=operator, role=Membership.Role.SUPPORT)
    make.MembershipFactory(project=_live(told.project), operator=operator, role=Membership.Role.VIEWER)
    client.force_login(operator)
    assert client.get(path(told)).status_code == 403
    assert told.ref not in client.get("/admin/users/user/playground/").content.decode()


def test_looking_is_in_the_audit_log_where_the_project_wants_it(
    console: Client, told: User, admin_operator: Operator
) -> None:
    shown(console, told, query="Where does Alice live?")
    assert not AuditEntry.objects.filter(action="context.read").exists()
    Project.objects.filter(pk=told.project_id).update(audit_reads=True)
    shown(console, told, query="Where does Alice live?")
    shown(console, told, maxTokens="0")
    entry = AuditEntry.objects.get(action="context.read")
    assert (entry.target_id, entry.actor_label, entry.detail) == (told.ref, admin_operator.username, {})


@pytest.mark.parametrize("term", ["alice", "Alic", "acme.com", "{ref}", "alice acme"])
def test_a_user_is_found_by_what_is_known_of_them(console: Client, told: User, term: str) -> None:
    make.UserFactory(first_name="Bob", external_id="b", email="b@b.test")
    found = console.get("/admin/users/user/playground/", {"q": term.format(ref=told.ref)}).context["found"]
    assert found == [told]


def test_nobody_is_found_and_it_says_so(console: Client, told: User) -> None:
    for term in ("nobody", "usr_01M8BEY0248VM2J01T88R4B86J", "\0", "%"):
        page = console.get("/admin/users/user/playground/", {"q": term})
        assert page.status_code == 200
    assert "Nobody is found" in console.get("/admin/users/user/playground/", {"q": "nobody"}).content.decode()


def test_an_unknown_user_is_not_found(console: Client, told: User) -> None:
    assert console.get("/admin/users/user/usr_01M8BEY0248VM2J01T88R4B86J/playground/").status_code == 404
    assert console.get("/admin/users/user/nonsense/playground/").status_code == 404


def test_more_lines_cost_no_more_queries(console: Client, api: Api, told: User, drain: Drain) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert shown(console, told, query="Does Alice like tea?", groups="acme").context["lines"]
        return len(captured)

    queries()  # what is kept of a graph between two questions
    few = queries()
    [thread] = api.get(f"/v1/users/{told.ref}/threads").json()["threads"]
    api.say(thread, *(f"likes tea number {number}" for number in range(20)))
    drain()
    queries()
    assert queries() <= few + 3 < 30  # rows that a memory brings with it


def _live(project: Project) -> Project:
    return project.live_twin or project
