"""What every answer has: a request id, a JSON type, and a problem document when something went wrong."""

import logging

import pytest

from memos.projects.models import AuditEntry
from tests.world import Api, problem
from users import services

PATHS = ["/v1/users", "/v1/users/nope", "/nope", "/healthz", "/schema/"]


@pytest.mark.parametrize("path", PATHS)
def test_a_sane_request_id_is_kept_and_another_is_replaced(api: Api, path: str) -> None:
    assert api.send("GET", path, headers={"X-Request-Id": "abc-1.2:3/4+5=6_7"})["X-Request-Id"] == "abc-1.2:3/4+5=6_7"
    for insane in ("", "a b", "x" * 101, "ü", "<script>", "a,b"):
        made = api.send("GET", path, headers={"X-Request-Id": insane})["X-Request-Id"]
        assert made.startswith("req_")
        assert len(made) == 30


def test_every_request_has_an_id_of_its_own(api: Api) -> None:
    assert api.get("/v1/users")["X-Request-Id"] != api.get("/v1/users")["X-Request-Id"]


def test_the_request_id_stands_in_the_audit_log(api: Api) -> None:
    response = api.post("/v1/users")
    assert AuditEntry.objects.get(action="user.created").request_id == response["X-Request-Id"]


def test_a_failure_of_ours_shows_no_trace_and_is_found_by_its_id(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**kwargs: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(services, "create_user", fail)
    with caplog.at_level(logging.ERROR):
        response = api.post("/v1/users")
    document = problem(response, 500, "INTERNAL")
    assert "hunter2" not in response.content.decode()
    assert document["detail"] == "Something went wrong here. The request id finds it in the logs."
    record = next(record for record in caplog.records if record.exc_info)
    assert "hunter2" in str(record.exc_info[1])


def test_what_cannot_be_rendered_is_not_acceptable(api: Api) -> None:
    problem(api.send("GET", "/v1/users", headers={"Accept": "text/html"}), 406, "NOT_ACCEPTABLE")


def test_head_is_answered_like_get_without_a_body(api: Api) -> None:
    response = api.send("HEAD", "/v1/users")
    assert (response.status_code, response.content) == (200, b"")


def test_an_external_id_in_a_path_is_not_written_to_the_log(api: Api) -> None:
    """The logger passes its records on to the handlers of this process as to those of the web server."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        api.get("/v1/users/ext:canary@example.com")
        api.get("/outside")
    finally:
        logging.getLogger().removeHandler(handler)
    assert not [line for line in lines if "canary" in line]
    assert [line for line in lines if "/outside" in line]
