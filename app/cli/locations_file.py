"""The file of `order-relay locations apply`: TOML, with secrets from the environment."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigurationError

# $${ is a plain ${ ; ${NAME} reads the environment. Anything else with ${ is a mistake that must not become a password.
_REFERENCE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{")


def read_locations(path: Path, environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Documents by slug. Raises ConfigurationError in one clear line."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: is no text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: is no TOML: {error}") from None
    for key in document.keys() - {"locations"}:
        raise ConfigurationError(f"{path}: {key}: is unknown; every table is [locations.<slug>].")
    locations = document.get("locations", {})
    if not isinstance(locations, dict) or not all(isinstance(part, dict) for part in locations.values()):
        raise ConfigurationError(f"{path}: every table must be [locations.<slug>].")
    return {slug: _expanded(part, f"locations.{slug}", environment) for slug, part in locations.items()}


def _expanded(value: Any, key: str, environment: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {name: _expanded(member, f"{key}.{name}", environment) for name, member in value.items()}
        case list():
            return [_expanded(member, f"{key}[{place}]", environment) for place, member in enumerate(value)]
        case str():
            return _REFERENCE.sub(lambda found: _value(found, key, environment), value)
    return value


def _value(found: re.Match[str], key: str, environment: Mapping[str, str]) -> str:
    if found[0] == "$${":
        return "${"
    name = found[1]
    if name is None:
        raise ConfigurationError(f"{key}: a ${{NAME}} is not closed or not a name; write $${{ for a plain ${{.")
    if name not in environment:
        raise ConfigurationError(f"{key}: the environment variable {name} is not set.")
    return environment[name]
