"""Who may do what: bearer keys with scopes, some bound to locations."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from app.api.problems import Problem, unauthenticated
from app.api.services import services_of
from app.domain.errors import LocationUnknown
from app.store.keys import KeyRow, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever sent this request, as far as its key tells."""

    key_id: UUID
    name: str
    scopes: frozenset[Scope]
    locations: frozenset[str] | None
    """The only locations that exist for this caller; None: all."""

    def sees(self, location_id: str) -> bool:
        """Whether this location exists for the caller."""
        return self.locations is None or location_id in self.locations

    def must_see(self, location_id: str) -> None:
        """Raises LocationUnknown, as for a location that does not exist."""
        if not self.sees(location_id):
            raise LocationUnknown(location_id)

    def may(self, scope: Scope) -> bool:
        """Whether the key has this scope."""
        return scope in self.scopes


class Require:
    """A dependency: the caller, whose key has at least one of the scopes. Else 401 or 403."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self.scopes = tuple(scopes)

    async def __call__(self, request: Request) -> Caller:
        found = await _authenticate(request)
        if found.scopes.isdisjoint(self.scopes):
            raise Problem("forbidden", f"This needs a key with the scope {' or '.join(self.scopes)}.")
        return Caller(key_id=found.id, name=found.name, scopes=found.scopes, locations=found.locations)


def require(*scopes: Scope) -> Require:
    """For `Annotated[Caller, Depends(require(Scope.OPS))]`. Several: any one of them will do."""
    return Require(scopes)


async def check_again(request: Request, caller: Caller) -> None:
    """For what takes long: raises Problem 401 where the key was revoked meanwhile."""
    if (await _authenticate(request)).id != caller.key_id:
        raise unauthenticated("Bearer")


async def _authenticate(request: Request) -> KeyRow:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.isascii():
        found = await services_of(request).keys.find(key.strip(" "))
        if found is not None:
            return found
    raise unauthenticated("Bearer")
