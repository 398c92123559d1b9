"""API keys: how one looks, how it is made and how it is recognised."""

import hashlib
import hmac
import re
import secrets
import string

from django.conf import settings

from memos.projects.models import Project

FORM = re.compile(r"mos_(live|test)_[A-Za-z0-9]{20,200}")
_ALPHABET = string.ascii_letters + string.digits
_PREFIX_LENGTH = len("mos_live_") + 8


def generate(mode: Project.Mode) -> str:
    """A new key with 238 bits of chance in it."""
    return f"mos_{mode}_" + "".join(secrets.choice(_ALPHABET) for _ in range(40))


def prefix(key: str) -> str:
    return key[:_PREFIX_LENGTH]


def digest(key: str, pepper_id: str) -> bytes:
    pepper = settings.KEY_PEPPERS[pepper_id]
    return hmac.digest(pepper.encode(), key.encode(), hashlib.sha256)
