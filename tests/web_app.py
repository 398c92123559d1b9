"""The web process of the servers that tests start.

``HOLD_AT=answer`` lets it stand still where the work of a request with an `Idempotency-Key` is written, but its answer
is not, so that a test can kill it there. What it has counted it writes down twice a second.
"""

import os
import time
from typing import Any

from memos.wsgi import application  # isort: split

from memos.api import idempotency
from memos.figures import requests

__all__ = ["application"]


def _stand_still(*args: Any) -> dict[str, Any]:
    time.sleep(600)
    return {}


requests.SECONDS = 0.5
if os.environ.get("HOLD_AT") == "answer":
    idempotency._content = _stand_still
