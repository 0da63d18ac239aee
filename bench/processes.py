"""Our own commands as real processes: started, ready when they say so, stopped by their own handle."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ORDER_RELAY = ("-c", "from app.cli import main; main()")
PLAIN_ROUTE = ("-m", "bench.plain")
ROOT = Path(__file__).parent.parent

READY_S = 60.0
END_S = 40.0
LOOK_EVERY_S = 0.01


@dataclass(frozen=True, kw_only=True)
class Running:
    """A command that is ready."""

    pid: int
    url: str
    """Where it serves; empty for a worker."""


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Starts commands that see these settings and none of the caller's."""

    directory: Path
    """Where their words are kept."""
    settings: dict[str, str]

    @contextmanager
    def running(self, *words: str, says: str) -> Iterator[Running]:
        """The command, from the moment it says so until the end of the block. `says`: a pattern; its group is the
        address."""
        log = self.directory / f"{words[-1] if len(words) < 3 else words[2]}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *words], env=self._environment(), stdout=output, stderr=subprocess.STDOUT, cwd=ROOT
            )
        try:
            found = _wait_for(process, log, says)
            yield Running(pid=process.pid, url=found[1] if found.groups() else "")
        finally:
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def run(self, *words: str) -> str:
        """What a command that ends by itself writes to standard output."""
        done = subprocess.run(
            [sys.executable, *words],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=READY_S,
            check=False,
            cwd=ROOT,
        )
        if done.returncode:
            raise RuntimeError(f"{words[2:]} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout.strip()

    def _environment(self) -> dict[str, str]:
        theirs = {name: value for name, value in os.environ.items() if not name.startswith("ORDER_RELAY_")}
        theirs.pop("DATABASE_URL", None)
        return {**theirs, **self.settings}


def _wait_for(process: subprocess.Popen[bytes], log: Path, pattern: str) -> re.Match[str]:
    deadline = time.monotonic() + READY_S
    while True:
        ended = process.poll() is not None
        said = log.read_text("utf-8", "replace")
        if found := re.search(pattern, said):
            return found
        if ended or time.monotonic() > deadline:
            raise RuntimeError(f"It did not say {pattern!r}:\n{said}")
        time.sleep(LOOK_EVERY_S)
