"""The processes of Memos itself: web server, worker and beat."""

import signal
import socket
import sys

from memos.embedded import leftovers
from memos.embedded.child import Child
from memos.embedded.endpoints import Endpoints
from memos.embedded.folder import DataFolder
from memos.embedded.options import Options


def environment(options: Options, endpoints: Endpoints) -> dict[str, str]:
    return options.environment | {
        "DATABASE_URL": endpoints.database_url,
        "REDIS_URL": endpoints.redis_url,
        "MEMOS_DATA_DIR": str(options.data_dir),
        "PYTHONUNBUFFERED": "1",
        leftovers.MARK: str(options.data_dir),
    }


def web(options: Options, folder: DataFolder, env: dict[str, str], listening: socket.socket) -> Child:
    command = ["gunicorn", "memos.wsgi:application", "--bind", f"fd://{listening.fileno()}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", str(options.web_threads)]
    command += ["--timeout", "120", "--graceful-timeout", "2", "--no-control-socket"]
    return _python("web", command, options, folder, env, pass_fds=(listening.fileno(),))


def worker(options: Options, folder: DataFolder, env: dict[str, str]) -> Child:
    command = ["celery", "-A", "memos", "worker", "--concurrency", str(options.worker_concurrency)]
    command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    # an orphaned worker stops cold: a warm stop waits for tasks whose servers have gone
    return _python("worker", command, options, folder, env, orphan_signal=signal.SIGQUIT)


def beat(options: Options, folder: DataFolder, env: dict[str, str]) -> Child:
    command = ["celery", "-A", "memos", "beat", "--loglevel", "WARNING", "--pidfile", ""]
    command += ["--schedule", str(folder.path / "run/beat")]
    return _python("beat", command, options, folder, env)


def _python(
    name: str,
    command: list[str],
    options: Options,
    folder: DataFolder,
    env: dict[str, str],
    *,
    pass_fds: tuple[int, ...] = (),
    orphan_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    return Child(
        name,
        [sys.executable, "-m", *command],
        folder.log(name),
        cwd=options.root,
        env=env,
        pass_fds=pass_fds,
        orphan_signal=orphan_signal,
    )
