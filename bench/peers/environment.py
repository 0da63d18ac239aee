"""The environment of the contenders: their libraries have nothing to do with the product's."""

import json
import re
import shutil
import subprocess

from bench.processes import ROOT

VENV = ROOT / ".venv-bench"
PYTHON = VENV / "bin" / "python"


def version(distribution: str) -> str | None:
    """Of an installed library; None where it is missing."""
    pattern = f"lib/python*/site-packages/{distribution.replace('-', '_')}-*.dist-info"
    found = next(iter(VENV.glob(pattern)), None)
    return found.name.removesuffix(".dist-info").rpartition("-")[2] if found else None


def missing(*distributions: str) -> str | None:
    """Why a contender with these libraries cannot run."""
    absent = [name for name in distributions if version(name) is None]
    return f"not installed: {', '.join(absent)} (make bench-env)" if absent else None


SHOWN = (
    "fastapi", "uvicorn", "sqlalchemy", "asyncpg", "httpx", "procrastinate", "psycopg", "pgqueuer", "aiohttp", "celery",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Of what the contenders are made of, as far as it is here: libraries, Redis, Node and Node-RED."""
    found = {name: version(name) for name in SHOWN}
    found["redis-server"] = _says("redis-server", r"v=([0-9.]+)")
    found["node"] = _says("node", r"v([0-9.]+)")
    package = VENV / "node-red" / "node_modules" / "node-red" / "package.json"
    found["node-red"] = json.loads(package.read_text())["version"] if package.exists() else None
    return {name: value for name, value in found.items() if value}


def _says(program: str, pattern: str) -> str | None:
    if shutil.which(program) is None:
        return None
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    found = re.search(pattern, said)
    return found[1] if found else None
