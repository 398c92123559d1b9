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
        # glibc gives memory back to the system, which a loaded model leaves much of, for a tenth of the speed
        "MALLOC_ARENA_MAX": options.environment.get("MALLOC_ARENA_MAX", "2"),
        "MALLOC_TRIM_THRESHOLD_": options.environment.get("MALLOC_TRIM_THRESHOLD_", str(32 * 2**20)),
        "CELERY_SKIP_CHECKS": "1",  # a worker needs no URLs, which Django's checks load: seconds and megabytes
        leftovers.MARK: str(options.data_dir),
    }


def web(options: Options, folder: DataFolder, env: dict[str, str], listening: socket.socket) -> Child:
    command = ["gunicorn", "memos.wsgi:application", "--bind", f"fd://{listening.fileno()}"]
    command += ["--worker-class", "memos.server.Worker", "--workers", "1", "--threads", str(options.web_threads)]
    command += ["--limit-request-line", "8190"]  # the most that gunicorn takes: what to recall for stands in the URL
    command += ["--timeout", "120", "--graceful-timeout", "2", "--no-control-socket"]
    child = _python("web", command, options, folder, env)
    child.pass_fds = (listening.fileno(),)
    return child


def worker(options: Options, folder: DataFolder, env: dict[str, str]) -> Child:
    command = ["celery", "-A", "memos", "worker", "--concurrency", str(options.worker_concurrency)]
    command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    child = _python("worker", command, options, folder, env)
    child.orphan_signal = signal.SIGQUIT  # stops cold: a warm stop waits for tasks whose servers have gone
    return child


def beat(options: Options, folder: DataFolder, env: dict[str, str]) -> Child:
    command = ["celery", "-A", "memos.beat", "beat", "--loglevel", "WARNING", "--pidfile", ""]
    command += ["--schedule", str(folder.path / "run/beat")]
    return _python("beat", command, options, folder, env)


def _python(name: str, command: list[str], options: Options, folder: DataFolder, env: dict[str, str]) -> Child:
    return Child(name, [sys.executable, "-m", *command], folder.log(name), cwd=options.root, env=env)
