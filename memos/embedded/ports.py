"""Where to listen."""

import errno
import socket

from memos.embedded.errors import EmbeddedError


def free_port() -> int:
    """A port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def claim(host: str, port: int) -> socket.socket:
    """The socket that the web server will listen on, bound now: what we hold, nobody can take while we start."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise EmbeddedError(f"HOST {host!r} is not an address of this machine.") from error
    claimed = socket.socket(family)
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind(address)
        claimed.listen(512)  # two sockets may be bound to one port as long as neither listens
    except OSError as error:
        claimed.close()
        raise EmbeddedError(_why_not(host, port, error)) from error
    return claimed


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program: stop it, or set PORT to a free one."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has: set PORT to one above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST {host!r} is not an address of this machine."
    return f"HOST {host!r} with PORT {port} cannot be listened on: {error.strerror}."
