"""Every endpoint under /v1 with its scope and every field that it takes: what the tests of policy and of bad input
go through. A route that is missing here fails `tests/policy/test_routes.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MEGABYTE = "x" * 1_000_000
JSON, JSON_LINES = "application/json", "application/x-ndjson"
NUL, SURROGATE = "a\0b", "a\ud800b"


@dataclass(frozen=True)
class Field:
    """A field of a body or of a query, and the values that it refuses."""

    name: str
    refused: Sequence[Any]
    required: bool = False


@dataclass(frozen=True)
class Endpoint:
    """``path`` names in braces what kind of thing stands there: {user}, {thread}, {group}, {job}…

    ``valid`` is a body that is taken; ``queries`` is the most that one request costs the database. One that takes
    another ``media`` than JSON has no ``valid``, and tests of its own.
    """

    method: str
    path: str
    scope: str
    queries: int
    valid: dict[str, Any] | None = None
    body: Sequence[Field] = ()
    query: Sequence[Field] = ()
    media: str = JSON

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names(self) -> str | None:
        """The kind of thing that the path names; of two, the one within the other."""
        return self.path.rpartition("{")[2].partition("}")[0] if "{" in self.path else None

    def at(self, ref: str = "", others: Mapping[str, str] | None = None) -> str:
        """The path of a thing; ``others`` says within what, where the path names that too."""
        return self.path.format(**{**(others or {}), self.names: ref}) if self.names else self.path


@dataclass(frozen=True)
class Kinds:
    """What fields of one kind refuse. In a query everything is text, so what is not text is left out."""

    of_text: Sequence[Any] = ("", MEGABYTE, NUL, SURROGATE)
    of_no_text: Sequence[Any] = (5, 1.5, True, [], ["x"], {}, {"a": "x"})
    null: Sequence[Any] = field(default=(None,))


_K = Kinds()


def text(name: str, *, required: bool = False, nullable: bool = False, also: Sequence[Any] = ()) -> Field:
    nulls = () if nullable else _K.null
    return Field(name, [*_K.of_text, *_K.of_no_text, *nulls, *also], required)


def group_name(*, required: bool = False) -> Field:
    return text("name", required=required, also=["a b", ".a", "é", "a/b", "x" * 65, "a\n"])


def choice(name: str, *, required: bool = False) -> Field:
    return Field(name, [*_K.of_text, *_K.of_no_text, *_K.null, "nonsense", "USER"], required)


def moment(name: str) -> Field:
    times = ["2026-05-17", "2026-05-17T12:00:00", "2026-13-01T00:00:00Z", "0000-01-01T00:00:00Z", "yesterday"]
    return Field(name, [*_K.of_text, *_K.of_no_text, *times, "9999-12-31T23:59:59-12:00", 10**400])


def metadata(name: str = "metadata") -> Field:
    unstorable = [{"a": NUL}, {NUL: 1}, {"a": [{"b": NUL}]}, {"a": SURROGATE}, {SURROGATE: 1}]
    return Field(name, [None, "x", "", 5, True, [], [{}], {"a": MEGABYTE}, *unstorable])


def whole(name: str, *, least: int, most: int) -> Field:
    return Field(name, [*_K.of_text, "5", 1.5, True, [], {}, None, least - 1, most + 1, -1, 10**400])


def texts(name: str, refused_items: Sequence[Any]) -> Field:
    return Field(name, ["", "x", 5, True, {}, None, *([item] for item in refused_items)])


def asked(name: str, *, refused: Sequence[str] = ()) -> Field:
    """A text of a query."""
    return Field(name, ["", NUL, "x" * 20_000, *refused])


def asked_number(name: str, most: int) -> Field:
    return Field(name, ["", NUL, "x", "1.5", "0x1", "1e3", "0", "-1", str(most + 1), "9" * 5000, "½", "true", "null"])


def asked_choice(name: str) -> Field:
    return Field(name, ["", NUL, "nonsense", "x" * 20_000])


def page(most: int = 200) -> list[Field]:
    return [asked_number("limit", most), asked("cursor", refused=["x", "////"]), asked_choice("order")]


MESSAGE = [
    choice("role", required=True),
    text("content", required=True, also=[" \n\t\u2003"]),
    text("name", nullable=True),
    moment("createdAt"),
    text("externalId", nullable=True),
    metadata(),
]


def past(name: str) -> Field:
    """A moment of a query that may not lie in the future."""
    times = ["2026-05-17", "2026-05-17T12:00:00", "2026-13-01T00:00:00Z", "yesterday", "9999-01-01T00:00:00Z"]
    return Field(name, ["", NUL, "x" * 20_000, *times])


SPAN = [
    Field(name, ["", NUL, "x" * 20_000, "2026-05-17", "2026-05-17T12:00:00", "yesterday"]) for name in ("from", "to")
]
MEMORY = [text("content", required=True), choice("kind"), moment("validFrom"), moment("validTo"), metadata()]
FILTERS = [
    choice("filters.kind"),
    choice("filters.role"),
    text("filters.threadId"),
    moment("filters.from"),
    moment("filters.to"),
]
GROUP_SEARCH = [
    text("query", required=True),
    whole("limit", least=1, most=200),
    texts("kinds", ["", "nonsense", 5, None, [], {}, NUL]),
    Field("filters", [None, "x", 5, [], {"nonsense": 1}]),
    Field("asOf", [*moment("asOf").refused, "9999-01-01T00:00:00Z"]),
    *(field for field in FILTERS if field.name != "filters.threadId"),
]
SEARCH = [
    *GROUP_SEARCH,
    texts("groups", ["", 5, None, [], {}, NUL, SURROGATE, "x" * 65]),
    text("filters.threadId"),
]
CONTEXT = [
    asked_choice("template"),
    asked_number("maxTokens", 8000),
    Field("groups", [NUL, ",".join(f"g{i}" for i in range(21))]),
    asked("query"),
    asked("threadId"),
    past("asOf"),
]
MEMORIES = [
    *page(),
    asked_choice("kind"),
    asked("entityId"),
    asked("q"),
    past("asOf"),
    Field("includeInvalidated", ["", "perhaps", NUL, "2"]),
]
CHANGES = [Field(field.name, field.refused) for field in MEMORY]
INCLUDED = Field("includeInvalidated", ["", "perhaps", NUL, "2"])
ALIASES = texts("aliases", ["", 5, None, [], {}, NUL, SURROGATE, "x" * 201])
HOOK = "https://1.1.1.1/hooks"
"""A public address, so that no test asks a resolver; nothing is sent there without a worker."""


def hook_url(*, required: bool) -> Field:
    internal = ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/"]
    wrong = [
        "x",
        "/hooks",
        "ftp://1.1.1.1/",
        "http://1.1.1.1/",
        "https://a:b@1.1.1.1/",
        "https://1.1.1.1:0/",
        *internal,
    ]
    return text("url", required=required, also=wrong)


WEBHOOK = [
    Field("description", [MEGABYTE, NUL, SURROGATE, *_K.of_no_text, None]),
    texts("events", ["", "nonsense", "webhook.test", 5, None, [], {}, NUL]),
    Field("includeContent", ["", "true", 1, 0, None, [], {}]),
    Field("enabled", ["", "true", 1, 0, None, [], {}]),
]

USER = [
    text("externalId", nullable=True),
    Field("email", [*_K.of_text, *_K.of_no_text, "alice", "a@b", "a@@b.co", "a b@c.de"]),
    text("firstName", nullable=True),
    text("lastName", nullable=True),
    metadata(),
]

DOCUMENT = [
    choice("type", required=True),
    Field("data", ["", " \n\t\u2003", NUL, SURROGATE, *_K.of_no_text, None], required=True),
    text("name", nullable=True),
    moment("createdAt"),
    metadata(),
]

ENDPOINTS = [
    Endpoint(
        "GET", "/v1/users", "read", 2, query=[*page(), asked("externalId"), asked("email"), asked("q", refused=[" "])]
    ),
    Endpoint("POST", "/v1/users", "write", 5, valid={"externalId": "x"}, body=USER),
    Endpoint("GET", "/v1/users/{user}", "read", 2),
    Endpoint("PATCH", "/v1/users/{user}", "write", 30, valid={"firstName": "x"}, body=USER),
    Endpoint("DELETE", "/v1/users/{user}", "write", 26),
    Endpoint("GET", "/v1/users/{user}/graph", "read", 2),
    Endpoint("GET", "/v1/users/{user}/context", "read", 38, query=CONTEXT),
    Endpoint("POST", "/v1/users/import", "write", 100, media=JSON_LINES),
    Endpoint("GET", "/v1/users/{user}/export", "read", 24, query=[Field("vectors", ["", "perhaps", NUL, "2"])]),
    Endpoint("POST", "/v1/users/{user}/summary", "write", 7, query=[Field("force", ["", "perhaps", NUL, "2"])]),
    Endpoint("POST", "/v1/users/{user}/search", "read", 23, valid={"query": "x"}, body=SEARCH),
    Endpoint("GET", "/v1/users/{user}/memories", "read", 7, query=MEMORIES),
    Endpoint("POST", "/v1/users/{user}/memories", "write", 16, valid={"content": "x"}, body=MEMORY),
    Endpoint("GET", "/v1/users/{user}/threads", "read", 3, query=page()),
    Endpoint("POST", "/v1/users/{user}/threads", "write", 5, valid={}, body=[text("name", nullable=True), metadata()]),
    Endpoint("GET", "/v1/threads/{thread}", "read", 2),
    Endpoint(
        "PATCH",
        "/v1/threads/{thread}",
        "write",
        4,
        valid={"name": "x"},
        body=[text("name", nullable=True), metadata()],
    ),
    Endpoint("DELETE", "/v1/threads/{thread}", "write", 50),
    Endpoint("GET", "/v1/messages/{message}", "read", 6),
    Endpoint("PATCH", "/v1/messages/{message}", "write", 8, valid={"metadata": {}}, body=[metadata()]),
    Endpoint("DELETE", "/v1/messages/{message}", "write", 50),
    Endpoint("GET", "/v1/memories/{memory}", "read", 6),
    Endpoint("PATCH", "/v1/memories/{memory}", "write", 50, valid={"content": "y"}, body=CHANGES),
    Endpoint("DELETE", "/v1/memories/{memory}", "write", 50),
    Endpoint("GET", "/v1/memories/{memory}/history", "read", 3),
    Endpoint("GET", "/v1/threads/{thread}/messages", "read", 3, query=page(1000)),
    Endpoint(
        "POST",
        "/v1/threads/{thread}/messages",
        "write",
        10,
        valid={"role": "user", "content": "x", "externalId": "m-1"},
        body=MESSAGE,
    ),
    Endpoint("GET", "/v1/groups", "read", 2, query=page()),
    Endpoint("POST", "/v1/groups", "write", 5, valid={"name": "new"}, body=[group_name(required=True), metadata()]),
    Endpoint("GET", "/v1/groups/{group}", "read", 2),
    Endpoint("PATCH", "/v1/groups/{group}", "write", 6, valid={"metadata": {"a": 1}}, body=[group_name(), metadata()]),
    Endpoint("DELETE", "/v1/groups/{group}", "write", 21),
    Endpoint("POST", "/v1/groups/{group}/search", "read", 22, valid={"query": "x"}, body=GROUP_SEARCH),
    Endpoint("GET", "/v1/groups/{group}/memories", "read", 7, query=MEMORIES),
    Endpoint("POST", "/v1/groups/{group}/memories", "write", 15, valid={"content": "x"}, body=MEMORY),
    Endpoint("POST", "/v1/groups/{group}/ingest", "write", 7, valid={"type": "text", "data": "x"}, body=DOCUMENT),
    Endpoint("GET", "/v1/graphs/{graph}", "read", 2),
    Endpoint("GET", "/v1/graphs/{graph}/entities", "read", 3, query=[*page(), asked_choice("type"), asked("q")]),
    Endpoint(
        "GET",
        "/v1/graphs/{graph}/relations",
        "read",
        3,
        query=[*page(), asked("subjectId"), asked("objectId"), asked("predicate"), INCLUDED],
    ),
    Endpoint("GET", "/v1/graphs/{graph}/memories", "read", 7, query=MEMORIES),
    Endpoint(
        "GET",
        "/v1/graphs/{graph}/episodes",
        "read",
        3,
        query=[*page(), asked("threadId"), asked_choice("role"), asked("q")],
    ),
    Endpoint("GET", "/v1/graphs/{graph}/documents", "read", 3, query=page()),
    Endpoint("POST", "/v1/graphs/{graph}/ingest", "write", 7, valid={"type": "text", "data": "x"}, body=DOCUMENT),
    Endpoint("GET", "/v1/documents/{document}", "read", 2),
    Endpoint(
        "PATCH",
        "/v1/documents/{document}",
        "write",
        5,
        valid={"name": "x"},
        body=[text("name", nullable=True), metadata()],
    ),
    Endpoint("DELETE", "/v1/documents/{document}", "write", 50),
    Endpoint("GET", "/v1/entities/{entity}", "read", 4),
    Endpoint(
        "PATCH",
        "/v1/entities/{entity}",
        "write",
        11,
        valid={"name": "x"},
        body=[
            text("name"),
            choice("type"),
            ALIASES,
            Field("summary", [MEGABYTE, NUL, SURROGATE, *_K.of_no_text, None]),
        ],
    ),
    Endpoint(
        "POST",
        "/v1/entities/{entity}/merge",
        "write",
        28,
        valid={"entityIds": ["ent_00000000000000000000000000"]},
        body=[
            Field("entityIds", ["", "x", 5, True, {}, None, [], [""], [5], [None], [NUL], ["x"] * 201], required=True)
        ],
    ),
    Endpoint(
        "POST",
        "/v1/entities/{entity}/split",
        "write",
        14,
        valid={"name": "x"},
        body=[
            text("entityId"),
            Field("name", [*_K.of_text, *_K.of_no_text, None, "x" * 201]),
            choice("type"),
            ALIASES,
            texts("memoryIds", ["", 5, None, [], {}, NUL]),
        ],
    ),
    Endpoint("GET", "/v1/episodes/{episode}", "read", 3),
    Endpoint("GET", "/v1/jobs", "read", 2, query=[*page(), asked_choice("status"), asked("userId"), asked("threadId")]),
    Endpoint("GET", "/v1/jobs/{job}", "read", 2),
    Endpoint("POST", "/v1/jobs/{job}/retry", "write", 7, valid={}),
    Endpoint(
        "GET",
        "/v1/audit",
        "admin",
        2,
        query=[*page(), *SPAN, asked("action"), asked("targetId"), asked("actorId")],
    ),
    Endpoint("GET", "/v1/audit/export", "admin", 3, query=SPAN),
    Endpoint("GET", "/v1/webhooks", "admin", 2, query=page()),
    Endpoint("POST", "/v1/webhooks", "admin", 7, valid={"url": HOOK}, body=[hook_url(required=True), *WEBHOOK]),
    Endpoint("GET", "/v1/webhooks/{webhook}", "admin", 2),
    Endpoint(
        "PATCH",
        "/v1/webhooks/{webhook}",
        "admin",
        7,
        valid={"description": "x"},
        body=[hook_url(required=False), *WEBHOOK],
    ),
    Endpoint("DELETE", "/v1/webhooks/{webhook}", "admin", 8),
    Endpoint("POST", "/v1/webhooks/{webhook}/rotate", "admin", 7),
    Endpoint("POST", "/v1/webhooks/{webhook}/test", "admin", 7),
    Endpoint("GET", "/v1/webhooks/{webhook}/deliveries", "admin", 3, query=[*page(), asked_choice("status")]),
    Endpoint("POST", "/v1/webhooks/{webhook}/deliveries/{delivery}/replay", "admin", 8),
]
WRITING = [endpoint for endpoint in ENDPOINTS if endpoint.valid is not None]
