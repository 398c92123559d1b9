"""Who is alive: workers and the clock tell Valkey so every few seconds, and what is not told again is forgotten there.

So a page can list them at the cost of reading: nobody is asked, and nobody waited for.
"""

import json
import logging
import os
import socket
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

import redis
from celery import bootsteps
from celery.beat import PersistentScheduler
from celery.signals import task_received
from django.conf import settings
from django.core.checks import WARNING, run_checks

from memos.valkey import client

PERIOD = 10.0
ALIVE_SECONDS = 30
EMBEDDER_SECONDS = 300
_WORKERS, _CLOCK, _EMBEDDER = "memos:alive", "memos:alive:clock", "memos:embedder"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerPulse:
    name: str
    host: str
    pid: int
    since: str
    version: str
    processes: int
    last_task: str = ""
    last_task_at: str = ""


@dataclass(frozen=True, slots=True)
class Pulse:
    """``clock`` is when beat last ticked. ``valkey`` is the server's version, empty where it does not answer: then
    nobody knows who is alive. ``embedder`` is what was wrong with it, empty if nothing, None if it was not asked."""

    valkey: str = ""
    workers: tuple[WorkerPulse, ...] = ()
    clock: datetime | None = None
    embedder: str | None = None


class WorkerStep(bootsteps.StartStopStep):
    """Part of a worker's main process, whose children do the tasks."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        self.since = _now()
        self.timer: Any = None
        self.latest: dict[str, str] = {}
        task_received.connect(self._note, weak=False)

    def start(self, worker: Any) -> None:
        self._tell(worker)
        self.timer = worker.timer.call_repeatedly(PERIOD, self._tell, (worker,))

    def stop(self, worker: Any) -> None:
        if self.timer:
            self.timer.cancel()
        _quietly(lambda: client().delete(f"{_WORKERS}:{worker.hostname}"))

    def _note(self, request: Any = None, **kwargs: Any) -> None:
        self.latest = {"last_task": getattr(request, "name", ""), "last_task_at": _now()}

    def _tell(self, worker: Any) -> None:
        me = WorkerPulse(
            name=worker.hostname, host=socket.gethostname(), pid=os.getpid(), since=self.since,
            version=settings.VERSION, processes=worker.concurrency, **self.latest,
        )  # fmt: skip
        _quietly(lambda: tell_worker(me))


class Clock(PersistentScheduler):
    """Celery's own, and tells that it ticks."""

    _told = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = datetime.now(UTC)
        if now.timestamp() - self._told > PERIOD / 2:
            self._told = now.timestamp()
            _quietly(lambda: client().set(_CLOCK, now.isoformat(), ex=ALIVE_SECONDS))
        return super().tick(*args, **kwargs)


def tell_worker(worker: WorkerPulse) -> None:
    with client().pipeline(transaction=False) as pipe:
        pipe.sadd(_WORKERS, worker.name)
        pipe.set(f"{_WORKERS}:{worker.name}", json.dumps(asdict(worker)), ex=ALIVE_SECONDS)
        pipe.execute()


def tell_of_embedder() -> None:
    """What Django's checks say of it: they ask a remote one."""
    found = run_checks(tags=["embedder"], include_deployment_checks=True)
    wrong = "; ".join(str(check.obj) for check in found if check.level >= WARNING)
    _quietly(lambda: client().set(_EMBEDDER, wrong, ex=EMBEDDER_SECONDS))


def feel() -> Pulse:
    try:
        with client().pipeline(transaction=False) as pipe:
            pipe.smembers(_WORKERS)
            pipe.get(_CLOCK)
            pipe.get(_EMBEDDER)
            pipe.info("server")
            names, clock, embedder, server = pipe.execute()
        return Pulse(
            valkey=_version(server),
            workers=tuple(_living(names)),
            clock=datetime.fromisoformat(clock.decode()) if clock else None,
            embedder=None if embedder is None else embedder.decode(),
        )
    except (redis.RedisError, OSError) as error:
        log.warning("nobody knows who is alive: %s", error)
        return Pulse()


def _living(names: set[bytes]) -> list[WorkerPulse]:
    """Forgets the names of those that are gone."""
    ordered = sorted(names)
    said = client().mget([f"{_WORKERS}:{name.decode()}" for name in ordered]) if ordered else []
    gone = [name for name, what in zip(ordered, said, strict=True) if what is None]
    if gone:
        client().srem(_WORKERS, *gone)
    return [_read(what) for what in said if what]


def _read(said: bytes | str) -> WorkerPulse:
    """A worker of a newer version may tell more than is known here."""
    known = {field.name for field in fields(WorkerPulse)}
    return WorkerPulse(**{name: value for name, value in json.loads(said).items() if name in known})


def _version(server: dict[str, Any]) -> str:
    name = "Valkey" if "valkey_version" in server else "Redis"
    return f"{name} {server.get('valkey_version') or server.get('redis_version')}"


def _quietly(call: Any) -> None:
    try:
        call()
    except (redis.RedisError, OSError) as error:
        log.debug("Valkey was not told: %s", error)


def _now() -> str:
    return datetime.now(UTC).isoformat()
