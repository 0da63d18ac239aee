"""Contenders' programs as real processes: ready when they say so, stopped by their own handle."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.processes import END_S, LOOK_EVERY_S, READY_S, ROOT, Running


@contextmanager
def running(command: Sequence[str], *, settings: Mapping[str, str], log: Path, says: str) -> Iterator[Running]:
    """The program, from the moment it says so until the end of the block. `says`: a pattern; its group is the
    address."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT
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


def run(command: Sequence[str], *, settings: Mapping[str, str], within_s: float = READY_S) -> str:
    """What a program that ends by itself writes to standard output. Raises RuntimeError with its words."""
    environment = {**os.environ, **settings}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=within_s, check=False, cwd=ROOT
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def _wait_for(process: subprocess.Popen[bytes], log: Path, pattern: str) -> re.Match[str]:
    deadline = time.monotonic() + READY_S
    while True:
        ended = process.poll() is not None
        said = log.read_text("utf-8", "replace")
        if found := re.search(pattern, said):
            return found
        if ended or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} did not say {pattern!r}:\n{said}")
        time.sleep(LOOK_EVERY_S)
