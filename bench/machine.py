"""What the machine does meanwhile: CPU time of each part, and of everybody else. All from /proc; elsewhere unknown."""

import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_S = 0.5
DISTURBED_CORES = 0.25
"""That much CPU of others beside a run, and it is not counted as calm."""
SYNCS = 100


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Cores used, on average, by each part of what was measured, and by everybody else."""

    parts: Mapping[str, float]
    others: float | None
    """None: this system has no /proc."""

    @property
    def disturbed(self) -> bool:
        return self.others is not None and self.others > DISTURBED_CORES


class Meter:
    """Measures from its making until `stop`. `parts`: name -> the processes whose CPU time, their children's
    included, counts for it."""

    def __init__(self, parts: Mapping[str, int]) -> None:
        self._parts = parts
        self._began = time.perf_counter()
        self._busy = _busy_s()
        self._used = self._all()

    def stop(self) -> Shares:
        busy, used, elapsed = _busy_s(), self._all(), time.perf_counter() - self._began
        parts = {name: (used[name] - self._used[name]) / elapsed for name in self._parts}
        if busy is None or self._busy is None:
            return Shares(parts={}, others=None)
        return Shares(parts=parts, others=max(0.0, (busy - self._busy) / elapsed - sum(parts.values())))

    def _all(self) -> dict[str, float]:
        return {name: _used_s(pid, own=pid == os.getpid()) for name, pid in self._parts.items()}


def wait_until_calm(patience_s: float) -> float:
    """Returns as soon as others leave the machine alone, or when patience ends; how many seconds that took."""
    began = time.monotonic()
    while True:
        meter = Meter({})
        time.sleep(LOOK_S)
        waited = time.monotonic() - began
        if not meter.stop().disturbed or waited >= patience_s:
            return waited


def sync_us(directory: Path) -> float:
    """What one write to disk costs where the database lies: the median of some, in microseconds."""
    path, took = directory / "sync", []
    with path.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            file.write(bytes(8192))
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    path.unlink()
    return sorted(took)[SYNCS // 2] * 1e6


def description() -> dict[str, str | int]:
    """What kind of machine this is."""
    model = next((line.partition(":")[2].strip() for line in _lines("cpuinfo") if line.startswith("model name")), "")
    return {
        "cpu": model or platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": " ".join((_lines("loadavg") or [""])[0].split()[:3]),
    }


def _lines(name: str) -> list[str]:
    try:
        return (PROC / name).read_text().splitlines()
    except OSError:
        return []


def _busy_s() -> float | None:
    lines = _lines("stat")
    if not lines:
        return None
    user, nice, system, _idle, _waiting, irq, soft, stolen = map(int, lines[0].split()[1:9])
    return (user + nice + system + irq + soft + stolen) / TICKS


def _used_s(pid: int, *, own: bool) -> float:
    if own:  # without the children, which are parts of their own
        times = os.times()
        return times.user + times.system
    found = _stat(f"{pid}")
    return (sum(found[11:15]) + sum(sum(child[11:13]) for child in _children(pid))) / TICKS if found else 0.0


def _children(pid: int) -> list[list[int]]:
    found = [_stat(path.name) for path in PROC.glob("[0-9]*")]
    return [stat for stat in found if stat and stat[1] == pid]


def _stat(name: str) -> list[int]:
    """The numbers behind the name of the process: state (as 0), parent, ..."""
    lines = _lines(f"{name}/stat")
    return [0, *map(int, lines[0].rpartition(") ")[2].split()[1:])] if lines else []
