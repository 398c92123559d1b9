"""The web process."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
os.environ.setdefault("DATABASE_POOL", "16")  # many threads share it; workers keep a connection each instead

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def reading_chunks(answer: Wsgi) -> Wsgi:
    """Django takes a body without a Content-Length for an empty one, and so a chunked one for nothing.

    Here its length is as much as is read of any body: the largest limit and a byte. Its reader stops at its own limit,
    and the server ends it after its last chunk.
    """

    def answer_chunked(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ and environ.get("wsgi.input_terminated"):
            environ["CONTENT_LENGTH"] = str(max(settings.MAX_BODY_BYTES, settings.MAX_IMPORT_BYTES) + 1)
        return answer(environ, start_response)

    return answer_chunked


application = reading_chunks(get_wsgi_application())

from memos.figures import requests  # noqa: E402  the apps are there from here on

requests.counter.serving = True
