"""Whether the web server answers."""

import select
import socket
from contextlib import suppress

_REQUEST = b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"


class Probe:
    """One request that waits in the queue of the listening socket until the server takes it.

    A first answer may take seconds, while everything is being loaded: asking again and again would only add to that.
    """

    def __init__(self, host: str, port: int) -> None:
        self.address = (reachable(host), port)
        self.connection: socket.socket | None = None

    def answered(self) -> bool:
        """Never waits. True once there was an answer that is no failure of the server's."""
        try:
            if self.connection is None:
                self.connection = socket.create_connection(self.address, timeout=1)
                self.connection.sendall(_REQUEST)
            if not select.select([self.connection], [], [], 0)[0]:
                return False
            head = self.connection.recv(200)
        except OSError:
            head = b""
        self.close()
        # 400 is ALLOWED_HOSTS, which need not know the name by which we ask
        return head.startswith(b"HTTP/1.") and head[9:10] in (b"2", b"4")

    def close(self) -> None:
        if self.connection:
            with suppress(OSError):
                self.connection.close()
        self.connection = None


def reachable(host: str) -> str:
    """Where to find a server that listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
