"""A server that runs as a process of its own and can be stopped, started, frozen and thawed."""

import contextlib
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import psutil
from mirakuru import TCPExecutor

from tests.servers.ports import LOOPBACK

START_TIMEOUT = 30
STILL = {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}


class ServerProcess:
    """A program that listens on a port; leaving the `with` block ends it, whatever happened."""

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to run a command that will listen on a port and write to a log."""
        self.host = LOOPBACK
        self.port = port
        self.log = log
        self._command = list(command)
        self._environment = dict(environment or {})
        self._running: TCPExecutor | None = None

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the server."""
        self.stop()

    def start(self) -> None:
        """Start the server and return when it accepts connections."""
        with self.log.open("a") as output:
            executor = self._executor(output.fileno())
            try:
                executor.start()
            except BaseException as problem:
                executor.kill()
                problem.add_note(f"The server's log:\n{self.read_log()}")
                raise
        self._running = executor

    def stop(self) -> None:
        """Ask the server to end and return when it has ended; twice is no error."""
        self._end()

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        if self._running is None:
            return
        executor, self._running = self._running, None
        self._signal(executor, signal.SIGKILL)
        executor.kill()

    def freeze(self) -> None:
        """Stop every process of the server in its tracks; connections still open, unanswered."""
        for each in self._signal(self._executor_running(), signal.SIGSTOP):
            # The signal waits for one thread to take it, and until then the others go on.
            while each.is_running() and each.status() not in STILL:
                pass

    def thaw(self) -> None:
        """Let every process of the server go on."""
        self._signal(self._executor_running(), signal.SIGCONT)

    def is_running(self) -> bool:
        """Say whether the server's process is alive."""
        return self._running is not None and bool(self._running.running())

    @property
    def pid(self) -> int:
        """The server's first process."""
        process = self._executor_running().process
        if process is None:
            raise RuntimeError(f"{self._command[0]} has ended by itself; see {self.log}.")
        return process.pid

    def read_log(self) -> str:
        """Return what the server has written so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _end(self, number: signal.Signals | None = None) -> None:
        if self._running is None:
            return
        executor, self._running = self._running, None
        self._signal(executor, signal.SIGCONT)
        try:
            executor.stop(number)
        finally:
            executor.kill()

    def _executor(self, output: int) -> TCPExecutor:
        return TCPExecutor(self._command, self.host, self.port, **self._executor_options(output))

    def _executor_options(self, output: int) -> dict[str, Any]:
        return {
            "timeout": START_TIMEOUT,
            "sleep": 0.02,
            "envvars": self._environment,
            "stdin": subprocess.DEVNULL,
            "stdout": output,
            "stderr": output,
        }

    def _executor_running(self) -> TCPExecutor:
        if self._running is None:
            raise RuntimeError(f"{self._command[0]} is not running.")
        return self._running

    def _signal(self, executor: TCPExecutor, number: signal.Signals) -> list[psutil.Process]:
        if executor.process is None:
            return []
        reached = list[psutil.Process]()
        with contextlib.suppress(psutil.NoSuchProcess):
            first = psutil.Process(executor.process.pid)
            for each in [first, *first.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.send_signal(number)
                    reached.append(each)
        return reached
