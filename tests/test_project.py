"""The files around the code say the same as the code: locks, settings, compose file, image, operator's page."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.adapters.iiko.settings import IikoSettings
from app.adapters.ikentoo.settings import IkentooSettings
from app.cli.locations_file import read_locations
from app.domain.attention import AttentionCode
from app.domain.location import LocationSettings
from app.domain.status import Status
from app.domain.submission import Dispatch
from app.settings import Settings

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-runtime.lock", "requirements-build.lock")
# Fixed inside a container, or of no use there.
BEHIND_A_POOLER = {"ORDER_RELAY_PGBOUNCER", "ORDER_RELAY_DIRECT_DATABASE_URL"}
NOT_IN_COMPOSE = {"ORDER_RELAY_DATA_DIR", "ORDER_RELAY_HOST", "ORDER_RELAY_PORT"} | BEHIND_A_POOLER


def read(name: str) -> str:
    return (ROOT / name).read_text()


def settings() -> dict[str, str]:
    """Environment variable -> default, as one would write it there."""
    return {
        str(field.validation_alias or f"ORDER_RELAY_{name.upper()}"): written(field.default)
        for name, field in Settings.model_fields.items()
    }


def written(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default in (None, ()) else str(default)


def explained() -> dict[str, str]:
    """The same, as .env.example has it."""
    return dict(re.findall(r"^# ([A-Z_]+)=(.*)$", read(".env.example"), re.MULTILINE))


def compose() -> dict[str, Any]:
    document = yaml.safe_load(read("docker-compose.yml"))
    assert isinstance(document, dict)
    return document


def pins(lock: str) -> set[str]:
    """Name, version and hashes, without the remarks on who wanted it."""
    text = re.sub(r"^ +#.*\n", "", read(lock), flags=re.MULTILINE)
    return {re.sub(r" ;[^\\]*", " ", entry) for entry in re.split(r"\n(?=\S)", text.strip())}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_have_hashes_and_no_addresses(lock: str) -> None:
    assert "://" not in read(lock)
    assert all("--hash=sha256:" in pin for pin in pins(lock))


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_image_gets_what_was_tested(lock: str) -> None:
    assert pins(lock) <= pins("requirements.lock")


def test_the_image_has_no_embedded_database() -> None:
    assert "pgserver" in read("requirements.lock")
    assert "pgserver" not in read("requirements-runtime.lock")


def test_every_setting_is_explained_with_its_default() -> None:
    only_compose = {"POSTGRES_PASSWORD", "API_PUBLISH"}
    examples = {name: value for name, value in explained().items() if name not in only_compose}
    assert examples.pop("DATABASE_URL").startswith("postgresql://")
    defaults = {name: value for name, value in settings().items() if name != "DATABASE_URL"}
    assert examples == defaults


def test_compose_passes_every_setting_on() -> None:
    services = compose()["services"]
    assert set(services["api"]["environment"]) == set(settings()) - NOT_IN_COMPOSE
    assert services["worker"]["environment"] == services["api"]["environment"] == services["migrate"]["environment"]


def test_compose_waits_for_storage_and_schema() -> None:
    services = compose()["services"]
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("api", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_image_is_not_root_and_tells_its_health() -> None:
    final = read("Dockerfile").rpartition("FROM ")[2]
    assert re.search(r"^USER [1-9]\d*", final, re.MULTILINE)
    assert "HEALTHCHECK" in final
    assert "/health/live" in final


@pytest.mark.parametrize("word", [*AttentionCode, *Status, *Dispatch])
def test_the_operators_page_explains_every_word(word: str) -> None:
    assert re.search(rf"^\|[^|]*\b{word}\b", read("docs/operations.md"), re.MULTILINE)


def test_every_decision_is_listed() -> None:
    notes = {path.name for path in (ROOT / "docs" / "adr").glob("0*.md")}
    assert notes == set(re.findall(r"\((0.*?\.md)\)", read("docs/adr/README.md")))


def test_the_house_is_described_as_it_stands() -> None:
    folders = {f"app/{path.parent.name}" for path in (ROOT / "app").glob("*/__init__.py")}
    assert folders == set(re.findall(r"^    (app/\w+) ", read("CONTRIBUTING.md"), re.MULTILINE))


def test_the_example_locations_are_valid() -> None:
    documents = read_locations(ROOT / "docs" / "locations.example.toml", {})
    pos = [document.pop("pos") for document in documents.values()]
    assert IkentooSettings.model_validate(pos[0])
    assert IikoSettings.model_validate(pos[1])
    assert all(LocationSettings.model_validate(document) for document in documents.values())
