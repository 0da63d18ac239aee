"""Locations: read through a cache by all, replaced and deleted by an operator."""

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Adapter, CallbackReader, CallbackRegistration, CallbackRequest, Registry
from app.domain.errors import (
    CallbackUnauthenticated,
    ConfigurationError,
    Finding,
    LocationUnknown,
    Misconfigured,
    NotFound,
    NotSupportedByPos,
    OrderInvalid,
    PosError,
    PosUnavailable,
    StateConflict,
)
from app.domain.location import SLUG_PATTERN, Location, PosSettings
from app.relay.cache import ReadThrough
from app.relay.location_document import Parsed, Stored, insecure_addresses, merge, parse, unfit_values
from app.relay.location_view import location_view
from app.store import location_list
from app.store import locations as store
from app.store.location_list import LocationState
from app.store.locations import LocationRow, NewLocation
from app.store.secrets import Cipher

TRIES = 3
"""Of a PUT that meets another one."""
PAGE = 500
"""Locations that are read by one statement at the start: all 10,000 would take it too long on a busy database."""
NO_SUCH_SLUG = 'must begin with a letter or digit, and have at most 63 of "a-z", "0-9" and "-"'

_SLUG = re.compile(SLUG_PATTERN)
_CALLBACK_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")


class OpenAdapters(Protocol):
    """The open adapters of this process, one a location."""

    def get(self, location: Location) -> Adapter:
        """The location's adapter, opened where it is not, anew where its settings have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A document that was found good, and what storing it will do."""

    location_id: str
    outcome: Literal["created", "replaced", "unchanged"]
    parsed: Parsed
    before: LocationRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a POS did with our callback address."""

    action: str
    url: str


class Locations:
    """All locations of this installation."""

    def __init__(
        self, engine: AsyncEngine, cipher: Cipher, registry: Registry, *, public_url: str, allow_http: bool = False
    ) -> None:
        self._engine = engine
        self._cipher = cipher
        self._registry = registry
        self._public_url = public_url.rstrip("/")
        self._allow_http = allow_http
        self._by_id: ReadThrough[str, Location] = ReadThrough(self._load)
        self._by_callback_key: ReadThrough[str, Location] = ReadThrough(self._load_by_callback_key)

    @property
    def settings_models(self) -> Mapping[str, type[PosSettings]]:
        """The form of ``pos``, by its ``system``."""
        return {system: pos.settings_model for system, pos in self._registry.items()}

    async def get(self, location_id: str) -> Location:
        """The location, at most 10 s old. Raises LocationUnknown, StorageUnavailable."""
        found = await self._by_id.get(location_id) if _SLUG.fullmatch(location_id) else None
        if found is None:
            raise LocationUnknown(location_id)
        return found

    async def by_callback_key(self, key: str) -> Location | None:
        """The location that this callback key belongs to. Raises StorageUnavailable."""
        return await self._by_callback_key.get(key) if _CALLBACK_KEY.fullmatch(key) else None

    def authenticate_callback(self, location: Location, request: CallbackRequest) -> None:
        """Whether it is the location's POS that calls. Raises CallbackUnauthenticated."""
        reader = self._registry.get(location.pos.system)
        if not isinstance(reader, CallbackReader):
            message = "this POS does not call us"
            raise CallbackUnauthenticated(message)
        reader.authenticate(location, request)

    def drop(self) -> None:
        """Something was changed: read anew."""
        self._by_id.drop()
        self._by_callback_key.drop()

    async def verify_secrets(self) -> None:
        """At the start. Raises ConfigurationError where a stored location cannot be read with our keys."""
        after = ""
        while rows := await store.read_page(self._engine, after=after, limit=PAGE):
            for row in rows:
                self._open(row)
            after = rows[-1].location_id

    async def plan(self, location_id: str, document: Mapping[str, Any]) -> Plan:
        """Checks a document without storing anything. Raises OrderInvalid."""
        if not _SLUG.fullmatch(location_id):
            raise OrderInvalid([Finding("/path/location", "pattern", NO_SUCH_SLUG)])
        before = await store.read(self._engine, location_id)
        if before is None or before.deleted_at is not None:
            parsed = parse(document, self._registry)
            self._refuse_unfit(parsed)
            return Plan(location_id=location_id, outcome="created", parsed=parsed, before=before)
        stored = Stored(plain=before.settings, secrets=self._cipher.decrypt(before.secrets))
        parsed = merge(document, stored, self._registry)
        self._refuse_unfit(parsed)
        same = parsed.plain() == stored.plain and parsed.secrets() == stored.secrets
        outcome: Literal["replaced", "unchanged"] = "unchanged" if same else "replaced"
        return Plan(location_id=location_id, outcome=outcome, parsed=parsed, before=before)

    async def store(self, plan: Plan) -> bool:
        """Stores what was planned. False: the location was changed meanwhile, plan anew. Raises StateConflict."""
        hidden, parsed = plan.parsed.secrets(), plan.parsed
        alive = plan.before is not None and plan.before.deleted_at is None
        new = NewLocation(
            location_id=plan.location_id,
            settings=parsed.plain(),
            secrets=self._cipher.encrypt(hidden),
            secret_names=sorted(hidden),
            pos_system=parsed.pos.system,
            callback_key=plan.before.callback_key if plan.before and alive else secrets.token_urlsafe(24),
            venue=parsed.pos.venue,
            max_in_flight=parsed.settings.max_in_flight,
            rate_per_s=parsed.settings.rate_per_s,
        )
        done = await store.put(self._engine, new, replaces=plan.before)
        self.drop()
        return done is not None

    async def put(self, location_id: str, document: Mapping[str, Any]) -> bool:
        """Creates or replaces a location; True: created. Raises OrderInvalid, StateConflict."""
        for _ in range(TRIES):
            plan = await self.plan(location_id, document)
            if await self.store(plan):
                return plan.outcome == "created"
        raise StateConflict("Somebody else changes this location at the same time.", state="changing")

    async def delete(self, location_id: str) -> None:
        """Ends a location. Raises LocationUnknown, or StateConflict while it has open orders."""
        _must_be_slug(location_id)
        try:
            await store.delete(self._engine, location_id)
        except NotFound:
            raise LocationUnknown(location_id) from None
        self.drop()

    async def list(
        self, *, only: Collection[str] | None = None, after: str = "", limit: int = 200
    ) -> Sequence[dict[str, Any]]:
        """Views by slug, those after `after`; of `only` these where given."""
        states = await location_list.list_states(self._engine, only=only, after=after, limit=limit)
        return [self._view(state) for state in states]

    async def one(self, location_id: str) -> dict[str, Any]:
        """The view of one location. Raises LocationUnknown."""
        _must_be_slug(location_id)
        for view in await self.list(only=[location_id]):
            return view
        raise LocationUnknown(location_id)

    async def register_callbacks(self, location_id: str, adapters: OpenAdapters) -> Registered:
        """Tells the POS our callback address. Raises NotSupportedByPos, PosUnavailable, LocationUnknown, or
        StateConflict where our own settings lack something and nobody was asked."""
        location = await self.get(location_id)
        url = self._callback_url(location.pos.system, location.callback_key)
        adapter = adapters.get(location)
        if url is None or not isinstance(adapter, CallbackRegistration):
            raise NotSupportedByPos(f"{location.pos.system} takes no callback address.")
        try:
            return Registered(action=await adapter.register_callbacks(url), url=url)
        except PosError as error:
            if isinstance(error, Misconfigured) and error.http_status is None:
                raise StateConflict(error.message, state="misconfigured") from error
            raise PosUnavailable(f"The POS did not take it: {error}", retry_after_s=error.retry_after_s) from error

    def _refuse_unfit(self, parsed: Parsed) -> None:
        found = unfit_values(parsed) + ([] if self._allow_http else insecure_addresses(parsed))
        if found:
            raise OrderInvalid(found)

    def _view(self, state: LocationState) -> dict[str, Any]:
        return location_view(state, callback_url=self._callback_url(state.pos_system, state.callback_key))

    def _callback_url(self, system: str, key: str) -> str | None:
        calls_us = isinstance(self._registry.get(system), CallbackReader)
        return f"{self._public_url}/webhooks/{system}/{key}" if calls_us else None

    async def _load(self, location_id: str) -> Location | None:
        row = await store.read(self._engine, location_id)
        return None if row is None or row.deleted_at is not None else self._open(row)

    async def _load_by_callback_key(self, key: str) -> Location | None:
        row = await store.read_by_callback_key(self._engine, key)
        return None if row is None else self._open(row)

    def _open(self, row: LocationRow) -> Location:
        stored = Stored(plain=row.settings, secrets=self._cipher.decrypt(row.secrets))
        try:
            parsed = stored.parsed(self._registry)
        except OrderInvalid as error:
            raise ConfigurationError(
                f"The stored settings of location {row.location_id} do not fit this version: {error}"
            ) from None
        return Location(
            id=row.location_id,
            version=row.version,
            settings=parsed.settings,
            pos=parsed.pos,
            callback_key=row.callback_key,
        )


def _must_be_slug(location_id: str) -> None:
    if not _SLUG.fullmatch(location_id):  # PostgreSQL knows no NUL, and would call it an error of ours
        raise LocationUnknown(location_id)
