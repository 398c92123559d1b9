"""What gunicorn needs to know wherever it is started in this folder: by `make run`, or by hand."""

from typing import Any

from memos.environment import MAX_BODY_BYTES  # not the settings, which a worker loads for itself

limit_request_line = 8190
"""The longest that gunicorn takes: a question may stand in the query."""


def pre_request(worker: Any, req: Any) -> None:
    """Of a body that nobody will read to its end the rest would be taken for the next request: say that this
    connection is closed, and close it."""
    headers = {name: value for name, value in req.headers if name in ("CONTENT-LENGTH", "TRANSFER-ENCODING")}
    length = headers.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in headers or not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        req.force_close()
