"""Writing a location into a file for `order-relay locations apply`: whole or not at all."""

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigurationError

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def location_toml(slug: str, document: Mapping[str, Any]) -> str:
    """The tables of one location. Text is taken as it stands: escape what must not be read as ``${NAME}``."""
    top = [f"{_key(name)} = {_value(value)}" for name, value in document.items() if name != "pos"]
    pos = [f"{_key(name)} = {_value(value)}" for name, value in document["pos"].items()]
    return "\n".join((f"[locations.{slug}]", *top, "", f"[locations.{slug}.pos]", *pos, ""))


def plain(value: Any) -> Any:
    """The same with every ``${`` escaped, so that it is no reference to the environment."""
    match value:
        case str():
            return value.replace("${", "$${")
        case dict():
            return {name: plain(member) for name, member in value.items()}
    return value


def slugs_in(path: Path) -> Collection[str]:
    """The locations that the file holds already; none where there is no file. Raises ConfigurationError."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise ConfigurationError(f"{path}: there is no directory {path.parent}.") from None
        return ()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}.") from None
    except ValueError as error:
        raise ConfigurationError(f"{path}: is there already, and is no TOML: {error}") from None
    locations = document.get("locations", {})
    return tuple(locations) if isinstance(locations, dict) else ()


def add_to(path: Path, text: str) -> None:
    """Adds the text to the file: replaced as a whole, readable by its owner alone where it is new."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{before.rstrip()}\n\n{text}" if before.strip() else text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # JSON's escapes are TOML's, but for this one.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dict():
            members = ", ".join(f"{_key(name)} = {_value(member)}" for name, member in value.items())
            return f"{{ {members} }}" if members else "{}"
    return str(value)
