"""Who takes part: an owner, the test twin of their project, and an outsider, each with a key and a client."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.models import ApiKey, Project, Scope

PROBLEM = "application/problem+json"


class Api:
    """Speaks to the API with a key, as a caller does."""

    def __init__(self, secret: str | None, key: ApiKey | None = None):
        self.secret = secret
        self.key = key
        self.client = Client(raise_request_exception=False)

    @property
    def project(self) -> Project:
        assert self.key
        return self.key.project

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
        **query: Any,
    ):
        """``body`` goes as JSON, or as it is when it is bytes."""
        given = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        return self.client.generic(
            method,
            path,
            b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode(),
            content_type=content_type,
            headers=given | (headers or {}),
            query_params=query or None,
        )

    def get(self, path: str, **query: Any):
        return self.send("GET", path, **query)

    def post(self, path: str, body: Any = None, **query: Any):
        return self.send("POST", path, {} if body is None else body, **query)

    def patch(self, path: str, body: Any):
        return self.send("PATCH", path, body)

    def delete(self, path: str):
        return self.send("DELETE", path)

    # What most tests begin with. Each expects that it works and returns the answer's body.

    def new_user(self, **fields: Any) -> dict[str, Any]:
        return self._made("/v1/users", fields)

    def new_thread(self, user: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return self._made(f"/v1/users/{user['id']}/threads", fields)

    def new_group(self, name: str, **fields: Any) -> dict[str, Any]:
        return self._made("/v1/groups", {"name": name, **fields})

    def state(self, group: str, content: str, **fields: Any) -> dict[str, Any]:
        return self._made(f"/v1/groups/{group}/memories", {"content": content, **fields})

    def say(self, thread: dict[str, Any], *messages: Any) -> dict[str, Any]:
        """Append messages; a mere string is one of the user."""
        given = [{"role": "user", "content": m} if isinstance(m, str) else m for m in messages]
        return self._made(f"/v1/threads/{thread['id']}/messages", {"messages": given})

    def memories(self, user: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        response = self.get(f"/v1/users/{user['id']}/memories", **query)
        assert response.status_code == 200, response.content
        return response.json()["memories"]

    def give(self, owner: dict[str, Any], data: Any, type: str = "text", **fields: Any) -> dict[str, Any]:
        """Give a document to the graph of a user or a group."""
        return self._made(f"/v1/graphs/{owner['graphId']}/ingest", {"type": type, "data": data, **fields}, 202)

    def _made(self, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
        response = self.post(path, body)
        assert response.status_code == status, response.content
        return response.json()


@dataclass(frozen=True)
class World:
    owner: Api
    twin: Api
    outsider: Api


def make_world() -> World:
    project = services.create_project(name="Owner's")
    other = services.create_project(name="Outsider's")
    return World(api_for(project), api_for(project.test_twin), api_for(other))


def api_for(project: Project, *scopes: str) -> Api:
    issued = services.create_key(
        caller=Caller.from_command(project, "tests"), name="tests", scopes=list(scopes or Scope.values)
    )
    return Api(issued.secret, issued.key)


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, which must be one, complete and with that status and code."""
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM), response.content[:500]
    document = response.json()
    assert {"type", "title", "status", "code", "detail", "requestId"} <= set(document)
    assert (document["status"], document["code"]) == (status, code), document
    assert document["requestId"] == response["X-Request-Id"]
    return document


def bad_fields(response: Any) -> set[str]:
    """The fields that a 400 names."""
    return {error["field"] for error in problem(response, 400, "VALIDATION_ERROR")["errors"]}
