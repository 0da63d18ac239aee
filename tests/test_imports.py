"""The floors of the house: which folder may import which, and which library belongs to one folder only."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"

# Folder -> the floors of ours it may import, besides itself. "adapters.base" is that one module.
MAY_IMPORT = {
    "domain": set[str](),
    "simulators": set[str](),
    "store": {"domain"},
    "adapters": {"domain"},
    "relay": {"domain", "store", "adapters.base"},
    "api": {"domain", "store", "relay"},
}
# They build everything and hand it down, so they may see everything; nothing imports them.
BUILDERS = {"cli", "main", "worker", "composition", "settings", "logs"}
# Library -> the only floors that may import it.
KEPT_TO = {"fastapi": {"api", "main"}, "asyncpg": {"store"}, "typer": {"cli"}}
# The simulators stand for somebody else's system: they share nothing with us, not even pydantic.
SIMULATORS_MAY_USE = sys.stdlib_module_names | {"app", "starlette", "httpx", "uvicorn"}


def modules() -> Iterator[tuple[Path, str]]:
    """Each module of app/ with the floor it stands on."""
    for path in sorted(APP.rglob("*.py")):
        floor = path.relative_to(APP).parts[0].removesuffix(".py")
        if floor != "__init__":
            yield path, floor


def imports(path: Path) -> Iterator[str]:
    """Full dotted names; `from app.adapters import base` counts as app.adapters.base."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def allowed(floor: str, imported: str) -> bool:
    parts = imported.split(".")[1:]
    names = {parts[0], ".".join(parts[:2])}
    return floor == parts[0] or bool(names & MAY_IMPORT[floor])


CASES = [pytest.param(path, floor, id=str(path.relative_to(APP))) for path, floor in modules()]


def test_every_folder_has_a_floor() -> None:
    assert {floor for _, floor in modules()} <= set(MAY_IMPORT) | BUILDERS
    assert list(TopologicalSorter({f: {n.split(".")[0] for n in ns} for f, ns in MAY_IMPORT.items()}).static_order())


@pytest.mark.parametrize(("path", "floor"), CASES)
def test_imports_point_down(path: Path, floor: str) -> None:
    for imported in imports(path):
        library = imported.split(".")[0]
        if library == "app" and floor not in BUILDERS:
            assert allowed(floor, imported), f"{floor} must not import {imported}"
        assert floor != "simulators" or library in SIMULATORS_MAY_USE, f"a simulator must not use {library}"
        assert floor in KEPT_TO.get(library, {floor}), f"{library} belongs to {KEPT_TO[library]}"


def test_the_two_pos_do_not_know_each_other() -> None:
    for path, _ in modules():
        others = {"iiko": "ikentoo", "ikentoo": "iiko"}.get(path.parent.name)
        if path.parent.parent.name == "adapters" and others:
            assert not [name for name in imports(path) if f"adapters.{others}" in name]
