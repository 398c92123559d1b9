"""`Idempotency-Key`: a POST that is sent again does its work once, and is answered as it was the first time.

The answer is written in the transaction of the work, so that a crash leaves both or neither. While that transaction is
open it holds an advisory lock on the key, which a second request can't get: it is told that the first is running. Only
answers to work that was done are kept: what was refused has changed nothing and may be sent again, mended.

Follows the IETF draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header).
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from memos.api.models import Answer
from memos.api.problems import Problem, invalid
from memos.projects.models import Project

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_WAIT = timedelta(seconds=60)
"""After that, work that is not one transaction was left by a process that died, and is done again."""

_FORM = re.compile(r"[!-~]{1,255}")

Work = Callable[..., Response]


class View(Protocol):
    """What this needs of the endpoint that does the work."""

    @property
    def project(self) -> Project: ...
    @property
    def graph_id(self) -> UUID | None: ...
    @property
    def tells_of_the_graph(self) -> bool: ...
    def look_up(self, **kwargs: Any) -> None: ...
    def to_keep(self, data: Any) -> Any: ...


def once(view: View, work: Work) -> Work:
    """``work`` with its answer kept in its own transaction."""

    def answer(request: Request, *args: Any, **kwargs: Any) -> Response:
        key, fingerprint = _key(request), _fingerprint(request)
        with transaction.atomic():
            _lock(view.project, key)
            kept = _kept(view.project, key)
            if kept:
                return _replay(kept, fingerprint)
            response = work(request, *args, **kwargs)
            Answer.objects.create(**_named(view, key, fingerprint), **_content(view, response))
        return response

    return answer


def in_steps(view: View, work: Work) -> Work:
    """The same for work that waits for a worker, and so can't be one transaction. It must be harmless when done twice:
    a process that dies before it has answered leaves a key whose work is done again."""

    def answer(request: Request, *args: Any, **kwargs: Any) -> Response:
        key, fingerprint = _key(request), _fingerprint(request)
        view.look_up(**kwargs)  # so that the key is deleted with the user from the beginning
        with transaction.atomic():
            _lock(view.project, key)
            kept = _kept(view.project, key)
            if kept and kept.status:
                return _replay(kept, fingerprint)
            if kept and kept.created_at > timezone.now() - LONGEST_WAIT:
                raise _in_progress(key)
            Answer.objects.filter(project=view.project, key=key).delete()
            begun = Answer.objects.create(**_named(view, key, fingerprint))
        try:
            response = work(request, *args, **kwargs)
        except BaseException:
            Answer.objects.filter(pk=begun.pk).delete()
            raise
        Answer.objects.filter(pk=begun.pk).update(**_content(view, response))
        return response

    return answer


def _key(request: Request) -> str:
    key = request.headers[HEADER]
    if not _FORM.fullmatch(key):
        raise invalid(HEADER, "Give 1 to 255 visible ASCII characters, such as a UUID.")
    return key


def _lock(project: Project, key: str) -> None:
    """Held until the transaction ends, however it ends."""
    name = hashlib.blake2b(f"{project.pk} {key}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])
        if not cursor.fetchone()[0]:
            raise _in_progress(key)


def _in_progress(key: str) -> Problem:
    detail = f"The first request with the {HEADER} {key!r} is still running."
    return Problem(409, "IDEMPOTENCY_IN_PROGRESS", detail, headers={"Retry-After": "1"})


def _kept(project: Project, key: str) -> Answer | None:
    kept = Answer.objects.filter(project=project, key=key)
    kept.expired().delete()
    return kept.first()


def _replay(kept: Answer, fingerprint: bytes) -> Response:
    if bytes(kept.fingerprint) != fingerprint:
        detail = f"The {HEADER} {kept.key!r} was sent with another request before."
        raise Problem(409, "IDEMPOTENCY_MISMATCH", detail)
    if not kept.body:
        raise Problem(404, "NOT_FOUND", "What this request made was deleted since.", headers={REPLAYED: "true"})
    return Response(json.loads(kept.body), kept.status, headers={REPLAYED: "true"})


def _named(view: View, key: str, fingerprint: bytes) -> dict[str, Any]:
    named = {"project": view.project, "key": key, "fingerprint": fingerprint}
    return {**named, "graph_id": view.graph_id, "of_the_whole": view.tells_of_the_graph}


def _content(view: View, response: Response) -> dict[str, Any]:
    body = JSONRenderer().render(view.to_keep(response.data)).decode()
    return {"status": response.status_code, "body": body}


def _fingerprint(request: Request) -> bytes:
    """What was asked: the order of names in the body does not matter, as it does not in JSON.

    The body is read here, and so before any transaction is opened.
    """
    asked = [request.method, request.path, sorted(request.query_params.lists()), _body(request.data)]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()


def _body(data: Any) -> Any:
    """JSON as it is, and of a file its digest."""
    if not hasattr(data, "readinto"):
        return data
    digest = hashlib.file_digest(data, "sha256").hexdigest()
    data.seek(0)
    return digest
