"""Valkey, for whoever can do without it: it is asked once, and not for long."""

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT = 0.5
"""Seconds after which Valkey counts as gone."""


@cache
def client() -> redis.Redis:
    patience = {"socket_connect_timeout": TIMEOUT, "socket_timeout": TIMEOUT, "retry": Retry(NoBackoff(), 0)}
    return redis.Redis.from_url(settings.REDIS_URL, **patience)
