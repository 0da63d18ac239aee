"""Real processes of order-relay: started on free ports, ready when they say so, killed as hard as a test wants."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

READY_S = 60.0
END_S = 40.0
LOOK_EVERY_S = 0.02
COMMAND = (sys.executable, "-c", "from app.cli import main; main()")


@dataclass(kw_only=True)
class Process:
    """One running command. What it says on both channels is kept in a file."""

    words: tuple[str, ...]
    popen: subprocess.Popen[bytes]
    log: Path
    url: str = ""
    """Where it serves, once it has said so."""

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def wait_for(self, pattern: str, seconds: float = READY_S) -> re.Match[str]:
        """Until it has said something that fits. Fails when it ends before, or says nothing of the kind in time."""
        deadline = time.monotonic() + seconds
        while True:
            ended = self.popen.poll() is not None
            if found := re.search(pattern, self.said):
                return found
            assert not ended, f"{self.words} ended with {self.popen.returncode}:\n{self.said}"
            assert time.monotonic() < deadline, f"{self.words} did not say {pattern!r}:\n{self.said}"
            time.sleep(LOOK_EVERY_S)

    def kill9(self) -> None:
        """As a power cut would."""
        self.popen.kill()
        self.popen.wait(END_S)

    def terminate(self, *, seconds: float = END_S) -> int:
        """SIGTERM, and how it ended."""
        self.popen.terminate()
        return self.wait(seconds)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.popen.send_signal(signal.SIGINT)

    def wait(self, seconds: float = END_S) -> int:
        """Its exit code."""
        return self.popen.wait(seconds)


@dataclass(kw_only=True)
class Processes:
    """Starts processes with one environment; whatever still runs at the end is killed."""

    environment: Mapping[str, str]
    directory: Path
    """Where they run, and where their words are kept."""
    started: list[Process] = field(default_factory=list)

    def start(self, *words: str, **more: str) -> Process:
        """Starts a command; `more` are further environment variables."""
        log = self.directory / f"{len(self.started)}-{words[0]}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(  # noqa: S603 - our own program
                [*COMMAND, *words],
                cwd=self.directory,
                env={**self.environment, **more},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        process = Process(words=words, popen=popen, log=log)
        self.started.append(process)
        return process

    def serve(self, *words: str, **more: str) -> Process:
        """`order-relay serve` on a free port (or `--port` in `words`), ready."""
        port = () if "--port" in words else ("--port", "0")
        return _ready(self.start("serve", *port, *words, **more), "serves on")

    def worker(self, **more: str) -> Process:
        """`order-relay worker`, ready."""
        process = self.start("worker", **more)
        process.wait_for("order-relay works on")
        return process

    def simulate(self, pos: str, *words: str) -> Process:
        """`order-relay simulate` on a free port (or `--port` in `words`), ready."""
        port = () if "--port" in words else ("--port", "0")
        return _ready(self.start("simulate", pos, *port, *words), "simulates .+ on")

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        return subprocess.run(  # noqa: S603 - our own program
            [*COMMAND, *words],
            cwd=self.directory,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=READY_S,
            check=False,
        )

    def key(self, name: str, *scopes: str) -> str:
        """A new key."""
        words = [word for scope in scopes for word in ("--scope", scope)]
        made = self.run("keys", "create", "--name", name, *words)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()


def _ready(process: Process, words: str) -> Process:
    process.url = process.wait_for(f"{words} (http://[^\\s]+)")[1]
    return process


@contextmanager
def processes(directory: Path, **environment: str) -> Iterator[Processes]:
    """Processes that see nothing of our own settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ORDER_RELAY_", "DATABASE_URL"))}
    found = Processes(environment={**own, **environment}, directory=directory)
    try:
        yield found
    finally:
        for process in found.started:
            if process.popen.poll() is None:
                process.kill9()


def secret_key() -> str:
    return Fernet.generate_key().decode()
