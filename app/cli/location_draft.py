"""A location that is being put together: asked its POS while it is not stored anywhere."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.adapters.base import Adapter, CatalogSource, Directory, Limits, Registry
from app.domain.catalog import Entry, Kind
from app.domain.errors import NotSupportedByPos, OrderInvalid
from app.domain.location import Location
from app.domain.venue import Place
from app.relay.location_document import insecure_addresses, parse, unfit_values

Answer = TypeVar("Answer")
Json = dict[str, Any]

WITHIN_S = 20.0
"""Of one question to the POS; a person waits."""
_PLACEHOLDERS: Json = {"name": "new", "timezone": "UTC", "currency": "EUR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret member of ``pos``."""

    path: tuple[str, ...]
    value: str = field(repr=False)
    made: bool = False
    """By us: nobody else knows it yet."""

    def put_into(self, pos: Json, text: str) -> None:
        """Writes the text where the secret belongs."""
        here = pos
        for name in self.path[:-1]:
            here = here.setdefault(name, {})
        here[self.path[-1]] = text


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is known so far."""

    settings: Json = field(default_factory=dict)
    pos: Json = field(default_factory=dict)
    """Without secrets."""
    secrets: list[Secret] = field(default_factory=list)

    def document(self) -> Json:
        """With the secrets, and with what is not asked yet made up."""
        pos = deepcopy(self.pos)
        for secret in self.secrets:
            secret.put_into(pos, secret.value)
        return {**_PLACEHOLDERS, **self.settings, "pos": pos}


class Drawing:
    """Checks a draft, and asks the POS that it describes."""

    def __init__(self, registry: Registry, limits: Limits, *, allow_http: bool) -> None:
        self._registry = registry
        self._limits = limits
        self._allow_http = allow_http

    def wrong(self, draft: Draft) -> Sequence[str]:
        """What ``locations apply`` would say against it, in lines."""
        try:
            parsed = parse(draft.document(), self._registry)
        except OrderInvalid as error:
            found = error.findings
        else:
            found = tuple(unfit_values(parsed) + ([] if self._allow_http else insecure_addresses(parsed)))
        return [f"{finding.pointer.removeprefix('/').replace('/', '.')}: {finding.message}" for finding in found]

    def places(self, draft: Draft) -> Sequence[Place]:
        """What the credentials can see. Raises a PosError, NotSupportedByPos, TimeoutError, OrderInvalid."""

        async def question(adapter: Adapter) -> Sequence[Place]:
            if not isinstance(adapter, Directory):
                raise NotSupportedByPos("This POS does not show what its credentials can see.")
            return await adapter.places()

        return self._ask(draft, question)

    def names(self, draft: Draft) -> Mapping[Kind, Sequence[Entry]]:
        """Its dictionaries. Raises as ``places`` does."""

        async def question(adapter: Adapter) -> Mapping[Kind, Sequence[Entry]]:
            return await adapter.read_names() if isinstance(adapter, CatalogSource) else {}

        return self._ask(draft, question)

    def _ask(self, draft: Draft, question: Callable[[Adapter], Awaitable[Answer]]) -> Answer:
        """Each in a loop of its own: between two of them a person thinks, and Ctrl-C must end that at once."""
        parsed = parse(draft.document(), self._registry)
        location = Location(id="new", version=1, settings=parsed.settings, pos=parsed.pos, callback_key="new")

        async def asked() -> Answer:
            adapter = self._registry[parsed.pos.system].open(location, self._limits)
            try:
                async with asyncio.timeout(WITHIN_S):
                    return await question(adapter)
            finally:
                await adapter.aclose()

        return asyncio.run(asked())
