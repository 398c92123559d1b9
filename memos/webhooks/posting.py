"""One POST to a receiver that nobody trusts: to a checked address, within ten seconds, reading little."""

import logging
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpcore
import httpx
from django.utils import timezone

from memos.webhooks import addresses
from memos.webhooks.addresses import Address, Refused, Target
from memos.webhooks.signing import Message

TIMEOUT_SECONDS = 10.0
"""For all of it: an answer that drips byte by byte ends with it too."""
CONNECT_SECONDS = 3.0
"""For one of several addresses: where IPv6 leads nowhere, IPv4 has its turn."""
MOST_BYTES = 64 * 1024
EXCERPT = 1000
"""Characters of an answer that are kept."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: ``status`` is None where there was no answer, and ``error`` says why."""

    status: int | None = None
    excerpt: str = ""
    error: str = ""
    retry_after: float | None = None
    """Seconds that the receiver asks to be left alone for."""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, message: Message) -> Answer:
    """Never raises: what goes wrong with a receiver is an answer too."""
    try:
        return _ask(addresses.parse(url), message)
    except Refused as refusal:
        return Answer(error=str(refusal))
    except httpcore.TimeoutException:
        return Answer(error=f"There was no answer within {TIMEOUT_SECONDS:g} s.")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        return Answer(error=f"There was no answer: {_printable(str(error) or type(error).__name__)[:300]}")
    except Exception:
        log.exception("a delivery went wrong here")
        return Answer(error="Something went wrong here.")


def _ask(target: Target, message: Message) -> Answer:
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    headers = [("Host", target.netloc), ("Accept-Encoding", "identity"), *message.headers.items()]
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_SECONDS)
    way = _CheckedWay(target, time.monotonic() + TIMEOUT_SECONDS)
    with (
        httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=way) as pool,
        pool.stream("POST", url, headers=headers, content=message.body, extensions={"timeout": timeouts}) as response,
    ):
        return _read(response)


def _read(response: httpcore.Response) -> Answer:
    told = {name.lower(): value for name, value in response.headers}
    taken = 200 <= response.status < 300
    return Answer(
        status=response.status,
        excerpt=_excerpt(response.iter_stream()),
        error="" if taken else f"The receiver answered {response.status}.",
        retry_after=_seconds(told.get(b"retry-after", b"").decode("latin-1")),
    )


def _excerpt(body: Iterable[bytes]) -> str:
    """The status has decided already: an answer that breaks off has the excerpt that it came to."""
    read = b""
    try:
        for part in body:
            read += part
            if len(read) >= MOST_BYTES:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        log.debug("an answer broke off after %d bytes", len(read))
    return _printable(read[:MOST_BYTES].decode(errors="replace"))[:EXCERPT]


def _seconds(retry_after: str) -> float | None:
    """A number of seconds or a date (RFC 9110, 10.2.3); None where it is neither."""
    if retry_after.isdecimal() and len(retry_after) < 10:
        return float(retry_after)
    try:
        date = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return (date.replace(tzinfo=date.tzinfo or UTC) - timezone.now()).total_seconds()


def _printable(text: str) -> str:
    return text.replace("\0", "")


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that certifi knows, or those of SSL_CERT_FILE. Loading them takes a while."""
    return httpx.create_ssl_context()


class _CheckedWay(httpcore.NetworkBackend):
    """Connects to the addresses that were checked and to no other, whatever the name leads to by then.

    Being below HTTP it leaves the name as it is in `Host`, SNI and the check of the certificate, and knows no proxy.
    """

    def __init__(self, target: Target, end: float) -> None:
        self.target = target
        self.end = end
        self.backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        *others, last = addresses.resolve(self.target)
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(address, min(CONNECT_SECONDS, _left(self.end)))
        return self._connect(last, _left(self.end))

    def _connect(self, address: Address, timeout: float) -> httpcore.NetworkStream:
        stream = self.backend.connect_tcp(str(address), self.target.port, timeout=timeout)
        return _EndingStream(stream, self.end)


class _EndingStream(httpcore.NetworkStream):
    """Ends at a time, however many reads it takes until then."""

    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self.stream = stream
        self.end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(self.end))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.end))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _EndingStream(self.stream.start_tls(ssl_context, server_hostname, _left(self.end)), self.end)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is up")
    return left
