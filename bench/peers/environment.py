"""The environment of the contenders: their libraries have nothing to do with the product's."""

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
