"""Requests per minute of a key and of a project, counted in Valkey and so for all processes and hosts together.

One script counts against both limits in one round trip, by Valkey's own clock: a request that one of them refuses is
counted by neither. A minute is the sixty latest whole seconds. Where Valkey does not answer, requests pass: a limit
protects the service, and does not become the reason why it is down.

The headers are those of draft-ietf-httpapi-ratelimit-headers.
"""

import logging
import time
from dataclasses import dataclass

import redis

from memos.api.problems import Problem
from memos.projects.models import ApiKey
from memos.valkey import client as _client

WINDOW = 60

COUNT = """
-- KEYS: of each limit a hash, Unix second -> requests. ARGV: the seconds of the window, then the quota of each limit.
-- Returns 1 or 0 for a request that may pass or not, then of each limit what is used and the seconds until less is.
local now, window = tonumber(redis.call('TIME')[1]), tonumber(ARGV[1])
local used, oldest, free = {}, {}, true
for limit, name in ipairs(KEYS) do
    used[limit], oldest[limit] = 0, now
    local held = redis.call('HGETALL', name)
    for at = 1, #held, 2 do
        local second = tonumber(held[at])
        if second <= now - window then
            redis.call('HDEL', name, held[at])
        else
            used[limit] = used[limit] + tonumber(held[at + 1])
            oldest[limit] = math.min(oldest[limit], second)
        end
    end
    free = free and used[limit] < tonumber(ARGV[limit + 1])
end
local told = {free and 1 or 0}
for limit, name in ipairs(KEYS) do
    if free then
        redis.call('HINCRBY', name, now, 1)
        redis.call('EXPIRE', name, window)
        used[limit] = used[limit] + 1
    end
    table.insert(told, used[limit])
    table.insert(told, oldest[limit] + window - now)
end
return told
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """``name`` is what the headers call it, ``of`` the id of whose requests are counted."""

    name: str
    of: str
    quota: int

    @property
    def policy(self) -> str:
        return f'"{self.name}";q={self.quota};w={WINDOW}'


@dataclass(frozen=True, slots=True)
class State:
    """What is left of a limit, and the seconds until there is more."""

    limit: Limit
    left: int
    seconds: int

    def __str__(self) -> str:
        return f'"{self.limit.name}";r={self.left};t={self.seconds}'


@dataclass(frozen=True, slots=True)
class Counted:
    """A request against its limits. ``states`` is empty where there are none, or where nobody could count."""

    limits: list[Limit]
    states: list[State]
    passes: bool = True

    @property
    def headers(self) -> dict[str, str]:
        told = {"RateLimit-Policy": ", ".join(limit.policy for limit in self.limits)}
        told["RateLimit"] = ", ".join(map(str, self.states))
        return {name: value for name, value in told.items() if value}

    def check(self) -> None:
        """Raises 429 ``RATE_LIMITED`` where the request has to wait."""
        if self.passes:
            return
        reached = [state for state in self.states if not state.left]
        names = " and ".join(f"{state.limit.quota} a minute of this {state.limit.name}" for state in reached)
        seconds = max(state.seconds for state in reached)
        detail = f"There were too many requests: at most {names}. Try again in {seconds} s."
        raise Problem(429, "RATE_LIMITED", detail, headers={"Retry-After": str(seconds)})


class _Counter:
    """Counts in Valkey. One request that it does not answer silences it for a while, so that the next don't wait."""

    PAUSE_SECONDS = 5.0

    def __init__(self) -> None:
        self._silent_until = 0.0

    def count(self, limits: list[Limit]) -> Counted:
        if not limits or time.monotonic() < self._silent_until:
            return Counted(limits, [])
        names = [f"memos:requests:{limit.of}" for limit in limits]
        try:
            free, *told = _client().register_script(COUNT)(names, [WINDOW, *(limit.quota for limit in limits)])
        except (redis.RedisError, OSError) as error:
            self._silent_until = time.monotonic() + self.PAUSE_SECONDS
            log.warning("requests are not counted for %.0f s: %s", self.PAUSE_SECONDS, error)
            return Counted(limits, [])
        states = [
            State(limit, max(limit.quota - used, 0), seconds)
            for limit, used, seconds in zip(limits, told[::2], told[1::2], strict=True)
        ]
        return Counted(limits, states, bool(free))


_counter = _Counter()


def limits_of(key: ApiKey) -> list[Limit]:
    """The key's own or that of the project for its keys, and that of the project."""
    own = key.requests_per_minute or key.project.key_requests_per_minute
    found = [Limit("key", key.ref, own)] if own else []
    shared = key.project.requests_per_minute
    return found + ([Limit("project", key.project.ref, shared)] if shared else [])


def count(key: ApiKey) -> Counted:
    """Count a request of ``key``. Valkey is asked once, and not at all where there is no limit."""
    return _counter.count(limits_of(key))
