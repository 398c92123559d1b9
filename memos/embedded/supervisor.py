"""Starts everything, keeps it running in the foreground and stops all of it."""

import time
from contextlib import closing
from socket import socket

from memos.embedded import endpoints, first_steps, leftovers, ports, processes
from memos.embedded.child import Child, rotate
from memos.embedded.errors import EmbeddedError
from memos.embedded.first_steps import FirstSteps
from memos.embedded.folder import DataFolder
from memos.embedded.interrupt import Interrupt, Interrupted, wait_until
from memos.embedded.keeper import Keeper
from memos.embedded.options import Options
from memos.embedded.readiness import Probe, reachable
from memos.embedded.servers import Servers
from memos.embedded.stamp import Stamp
from memos.embedded.terminal import Relay, say, step

_READY_SECONDS = 120
_STOP_SECONDS = 4.3
_SERVERS_SECONDS = 1.5
"""What is kept of it for the servers. An idle Celery worker takes 2.5 s for a warm stop."""
_LOOK_SECONDS = 0.25
_ROTATE_SECONDS = 60


def run(options: Options) -> int:
    """Returns 0 when it was asked to stop; raises EmbeddedError when it cannot go on."""
    interrupt = Interrupt()
    interrupt.listen()
    folder = DataFolder(options.data_dir)
    folder.prepare()
    with folder.held(), closing(ports.claim(options.host, options.port)) as listening:
        if leftovers.stop_marked(folder.path):
            say("memos: processes of an earlier start that was killed were still running, and were ended.")
        Supervisor(options, folder, interrupt).run(listening)
    return 0


class Supervisor:
    def __init__(self, options: Options, folder: DataFolder, interrupt: Interrupt) -> None:
        self.options = options
        self.folder = folder
        self.interrupt = interrupt
        self.servers = Servers(
            folder, database_url=options.database_url, redis_url=options.redis_url, pause=interrupt.pause
        )
        self.processes: list[Child] = []

    def run(self, listening: socket) -> None:
        began = time.monotonic()
        try:
            steps = self._start(listening)
            host, port = listening.getsockname()[:2]
            say(
                "\n"
                + first_steps.banner(self.options, steps, f"http://{_for_url(host)}:{port}", time.monotonic() - began)
            )
            self._watch()
        except Interrupted:
            pass
        finally:
            self._stop()

    def _start(self, listening: socket) -> FirstSteps:
        if self.servers.running:
            names = " and ".join(child.name for child in self.servers.children)
            with step(f"{'making and ' if self.folder.empty else ''}starting {names}"):
                self.servers.start()
        endpoints.write(self.folder.path, self.servers.endpoints)
        env = processes.environment(self.options, self.servers.endpoints)
        steps = self._bring_up_to_date(env)
        self.processes = [
            processes.web(self.options, self.folder, env, listening),
            processes.worker(self.options, self.folder, env),
            processes.beat(self.options, self.folder, env),
        ]
        with step("starting web server, worker and beat"):
            self._start_processes(listening)
        return steps

    def _bring_up_to_date(self, env: dict[str, str]) -> FirstSteps:
        stamp = Stamp.of(self.options) if self.servers.postgres else None
        if stamp and stamp.holds(self.folder.path):
            return FirstSteps()
        with step("bringing the database up to date"):
            steps = first_steps.bootstrap(self.options.root, env, self.interrupt.pause)
        if stamp and not steps.notes:
            stamp.put(self.folder.path)
        return steps

    def _start_processes(self, listening: socket) -> None:
        web, worker, beat = self.processes
        web.start()
        worker.start()
        host, port = listening.getsockname()[:2]
        with closing(Probe(host, port)) as probe:
            if not wait_until(lambda: self._is_up(probe), seconds=_READY_SECONDS, pause=self.interrupt.pause):
                raise EmbeddedError(f"The web server does not answer after {_READY_SECONDS} s (see {web.log}).")
        beat.start()  # nobody waits for it, so it does not slow the others down

    def _is_up(self, probe: Probe) -> bool:
        for child in self.processes:
            if child.process and not child.alive:
                raise EmbeddedError(f"{child.name} {child.how_it_ended()} while it started (see {child.log}).")
        return probe.answered()

    def _watch(self) -> None:
        keepers = [Keeper(server.child, server.start) for server in self.servers.running]
        keepers += [Keeper(child, child.start) for child in self.processes]
        relay = Relay([keeper.child for keeper in keepers])
        rotated = time.monotonic()
        while True:
            self.interrupt.pause(_LOOK_SECONDS)
            relay.show()
            for keeper in keepers:
                keeper.look()
            if time.monotonic() - rotated > _ROTATE_SECONDS:
                rotated = time.monotonic()
                for keeper in keepers:
                    rotate(keeper.child.log)

    def _stop(self) -> None:
        """First what uses the servers, then the servers."""
        say("")
        with step("stopping"):
            end = time.monotonic() + _STOP_SECONDS
            for child in self.processes:
                child.ask_to_stop()
            for child in self.processes:
                child.stop(by=end - _SERVERS_SECONDS)
            self.servers.stop(by=end)
            leftovers.stop_marked(self.folder.path)
            endpoints.forget(self.folder.path)


def _for_url(host: str) -> str:
    host = reachable(host)
    return f"[{host}]" if ":" in host else host
