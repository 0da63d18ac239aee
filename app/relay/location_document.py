"""A location as a person writes it: one document, read by two models, its secrets taken out for storage."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr, ValidationError

from app.adapters.base import Registry
from app.domain.errors import Finding, OrderInvalid
from app.domain.location import LocationSettings, PosSettings
from app.relay.findings import findings

Json = dict[str, Any]

LONGEST_SECRET = 8192
"""Characters: a token can be long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A document that both models took."""

    settings: LocationSettings
    pos: PosSettings

    def plain(self) -> Json:
        """For storage and views: everything but the secrets, set or not, defaults written out. Of an object that
        holds secrets only what is set, since its members exclude each other."""
        document = {**self.settings.model_dump(mode="json"), "pos": self.pos.model_dump(mode="json")}
        for name in _names(type(self.pos)):
            parent, key = _place(document, name)
            if parent is None:
                continue
            parent.pop(key, None)
            if name.count(".") > 1:
                for unset in [member for member, value in parent.items() if value is None]:
                    del parent[unset]
        return document

    def secrets(self) -> dict[str, str]:
        """The values of the secret members, by dotted name such as ``pos.user_secret``."""
        return {name: value for name, value in [*_secrets(self.settings, ""), *_secrets(self.pos, "pos.")] if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was stored before."""

    plain: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def parsed(self, registry: Registry) -> Parsed:
        """Read again. Raises OrderInvalid where the models have changed since."""
        return parse(_filled(self.plain, self.secrets), registry)


def parse(document: Mapping[str, Any], registry: Registry) -> Parsed:
    """Reads a document with its secrets; an empty one counts as absent. Raises OrderInvalid with the findings of both
    models."""
    given = _filled(document, {})
    found: list[Finding] = []
    no_pos: list[Finding] = []
    model = _model_of(given.get("pos"), registry, no_pos)
    for name in _names(model):
        parent, key = _place(given, name)
        if parent is not None and parent.get(key) == "":
            del parent[key]
    pos = given.pop("pos", None)
    settings = _read(LocationSettings, given, "", found)
    found += no_pos
    access = _read(model, pos, "/pos", found)
    if settings is None or access is None:
        raise OrderInvalid(found)
    return Parsed(settings=settings, pos=access)


def merge(document: Mapping[str, Any], stored: Stored, registry: Registry) -> Parsed:
    """Reads a new document over a stored location: a secret that is absent or null is kept, an empty one is taken away,
    and one whose address has changed must be given again, or a wrong address would be told our passwords. An object
    with secrets that is left out is kept as it is; null takes it away."""
    given = _filled(document, {})
    kept: dict[str, str] = {}
    moved: list[str] = []
    for name, value in stored.secrets.items():
        if _other_system(given, stored, name):
            continue
        _keep_left_out(given, stored.plain, name)
        parent, key = _place(given, name)
        if parent is None or parent.get(key) is not None:
            continue
        kept[name] = value
        if _has_moved(_addresses(stored.plain, name), _addresses(given, name)):
            moved.append(name)
    parsed = _parse_with(given, kept, registry)
    message = "must be given again, since the address that it belongs to has changed"
    wanted = [Finding(f"/{name.replace('.', '/')}", "missing", message) for name in moved if name in parsed.secrets()]
    if wanted:
        raise OrderInvalid(wanted)
    return parsed


def _keep_left_out(given: Json, plain: Mapping[str, Any], name: str) -> None:
    """Puts the object that this secret lies in back to where the document does not speak of it at all."""
    here: Any = given
    before: Any = plain
    for depth, part in enumerate(name.split(".")[:-1]):
        if not isinstance(here, dict) or not isinstance(before, Mapping) or part not in before:
            return
        if part not in here:
            if depth > 0:  # without `pos` itself no document is complete
                here[part] = json.loads(json.dumps(before[part]))
            return
        here, before = here[part], before[part]


def _parse_with(given: Json, kept: Mapping[str, str], registry: Registry) -> Parsed:
    try:
        return parse(_filled(given, kept), registry)
    except OrderInvalid:
        outer = {name: value for name, value in kept.items() if name.count(".") < 2}
        if len(outer) == len(kept):
            raise
        try:  # another kind of `auth` than before has no place for the old one's secrets
            return _parse_with(given, outer, registry)
        except OrderInvalid:
            pass
        raise


def _filled(document: Mapping[str, Any], secrets: Mapping[str, str]) -> Json:
    try:
        filled: Json = json.loads(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError):  # TOML knows dates and infinity, JSON does not
        raise OrderInvalid([Finding("", "wrong_type", "holds a value that JSON does not have")]) from None
    for name, value in secrets.items():
        parent, key = _place(filled, name)
        if parent is not None:
            parent[key] = value
    return filled


def unfit_values(parsed: Parsed) -> list[Finding]:
    """What the models let pass: addresses with a password inside, which every view would show, and secrets that no
    person has typed."""
    credentials = "must not hold a user or password"
    found = [
        Finding(pointer, "invalid", credentials)
        for pointer, address in _web_addresses(parsed.plain(), "")
        if "@" in urlsplit(address).netloc
    ]
    for name, value in parsed.secrets().items():
        pointer = f"/{name.replace('.', '/')}"
        if len(value) > LONGEST_SECRET:
            found.append(Finding(pointer, "too_long", f"must have at most {LONGEST_SECRET} characters"))
        if any(ord(letter) < ord(" ") or letter == "\x7f" for letter in value):
            found.append(Finding(pointer, "invalid", "must not hold control characters"))
    return found


def insecure_addresses(parsed: Parsed) -> list[Finding]:
    """Plain http to anything but this machine: credentials and guests' data would travel readable."""
    message = "must begin with https:// (plain http is for loopback addresses only)"
    return [
        Finding(pointer, "insecure", message)
        for pointer, address in _web_addresses(parsed.plain(), "")
        if urlsplit(address).scheme == "http" and not _is_loopback(urlsplit(address).hostname or "")
    ]


def _read(model: type[BaseModel] | None, part: Any, under: str, found: list[Finding]) -> Any:
    if model is None:
        return None
    try:
        return model.model_validate_json(json.dumps(part))
    except ValidationError as error:
        found += findings(error, part, under=under)
        return None


def _model_of(pos: Any, registry: Registry, found: list[Finding]) -> type[PosSettings] | None:
    """Chosen by the document itself."""
    known = ", ".join(sorted(registry))
    match pos:
        case None:
            found.append(Finding("/pos", "missing", "is required"))
        case {"system": str(system)} if system in registry:
            return registry[system].settings_model
        case {"system": system} if system is not None:
            found.append(Finding("/pos/system", "not_one_of", f"must be one of: {known}"))
        case dict():
            found.append(Finding("/pos/system", "missing", f"is required, one of: {known}"))
        case _:
            found.append(Finding("/pos", "wrong_type", "must be an object"))
    return None


def _secrets(model: BaseModel, prefix: str) -> Iterator[tuple[str, str]]:
    for name in type(model).model_fields:
        match getattr(model, name):
            case SecretStr() as secret:
                yield prefix + name, secret.get_secret_value()
            case BaseModel() as part:
                yield from _secrets(part, f"{prefix}{name}.")


def _names(pos: type[PosSettings] | None) -> list[str]:
    """The dotted names of all secrets there can be."""
    return [*_secret_fields(LocationSettings, ""), *(_secret_fields(pos, "pos.") if pos else ())]


def _secret_fields(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, member in model.model_fields.items():
        for kind in _kinds(member.annotation):
            if issubclass(kind, SecretStr):
                yield prefix + name
            elif issubclass(kind, BaseModel):
                yield from _secret_fields(kind, f"{prefix}{name}.")


def _kinds(annotation: Any) -> Iterator[type]:
    """The classes in an annotation such as ``Annotated[SecretStr, ...] | None``."""
    if isinstance(annotation, type):
        yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)


def _place(document: Json, name: str) -> tuple[Json | None, str]:
    """The object that the dotted name lies in, or None where the document has no such object."""
    *path, key = name.split(".")
    here: Any = document
    for part in path:
        here = here.get(part) if isinstance(here, dict) else None
    return (here, key) if isinstance(here, dict) else (None, key)


def _other_system(given: Mapping[str, Any], stored: Stored, name: str) -> bool:
    if not name.startswith("pos."):
        return False
    pos = given.get("pos")
    return not isinstance(pos, dict) or pos.get("system") != stored.plain["pos"].get("system")


def _addresses(document: Mapping[str, Any], name: str) -> dict[str, str]:
    """Scheme, host and port of every address that this secret may be sent to: ``status_url`` for ``status_secret``,
    and all of the enclosing parts for those of the POS."""
    if "." not in name:
        key = f"{name.removesuffix('_secret')}_url"
        return {key: _origin(document.get(key))}
    origins: dict[str, str] = {}
    here: Any = document
    for part in name.split(".")[:-1]:
        here = here[part]
        origins |= {f"{part}.{key}": _origin(value) for key, value in here.items() if key.endswith("_url")}
    return origins


def _has_moved(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """An address that is new or gone sends this secret nowhere else; one that points elsewhere does."""
    return any(origin and after.get(key) and after[key] != origin for key, origin in before.items())


def _origin(address: object) -> str:
    if not isinstance(address, str):
        return ""
    try:
        parts = urlsplit(address.strip().lower())
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:  # no address at all: the model says so
        return address
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _web_addresses(document: Mapping[str, Any], under: str) -> Iterator[tuple[str, str]]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _web_addresses(value, f"{under}/{key}")
        elif key.endswith("_url") and isinstance(value, str):
            yield f"{under}/{key}", value


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
