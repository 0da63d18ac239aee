"""How many requests may be under way at once. Whatever comes beyond is told so at once: 429, "come again in a second".

Without a bound, every order of a crowd waits behind all earlier ones: under three times the load that a process can
take, all are slow, and in the end all run into their time limits. With a bound the wait of an order that is let in is
at most `places` divided by the orders a second that this process stores, whatever the load; see docs/operations.md.

A fixed number, and nothing that adapts: what a process can store is limited by its one core, and so many requests
keep that core, and the commits behind it, as busy as they can be.

Intake and reads have a room each, so that neither keeps the other out. Callbacks of a POS and the health routes pass
by: they are short, they are not to be refused, and they have connections to the storage of their own.
"""

import re
from collections import Counter
from collections.abc import Hashable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import Problem, from_error, retry_after
from app.api.services import Services
from app.domain.errors import StorageUnavailable
from app.domain.location import SLUG_PATTERN

PLACES = 256
"""A hundred and seventy orders for one restaurant at once all get in, and the last of so many waits a fraction of a
second."""
AGAIN_S = 1
KEY_SHARE = 4
"""One key may have at most so many times the places that are free. So there is always a free one for the others, and
a key that is alone has nearly all (four fifths)."""
LOCATION_SHARE = 2
"""The same of one location, among the orders of one key: two thirds where it is alone."""
FULL = "More requests are under way than can be answered soon. Nothing was stored; repeating the same one is safe."

_INTAKE = re.compile(r"/v1/(?:orders|payments|locations/(?P<location>[^/]+)/messages)")
_READS = re.compile(r"/v1/(?:orders|payments|callbacks)(?:/[^/]+)?")
# Where the order goes, before it is read as JSON. A guess about whose share it is, and nothing else depends on it.
_LOCATION = re.compile(rb'"location"\s*:\s*"(%b)"' % SLUG_PATTERN.strip("^$").encode())


class Place:
    """Of one request in a room."""

    def __init__(self, room: "Room", parties: tuple[Hashable, ...]) -> None:
        self._room: Room | None = room
        self._parties = parties

    def leave(self) -> None:
        """Somebody else may have it. Once is enough."""
        if self._room is not None:
            self._room.give_back(self._parties)
            self._room = None


class Room:
    """Places for requests, shared fairly between keys and between the locations of a key.

    The rule is that of shared buffers in network switches ("dynamic thresholds"): nobody may hold more than a multiple
    of what is free. It needs no memory of who came when, and who holds nothing is let in as long as a place is free.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._held: Counter[Hashable] = Counter()
        self.under_way = 0

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self._places - self.under_way

    def enter(self, key: Hashable, location: str) -> Place | None:
        """A place; None: not now."""
        place = (key, location)
        free = self.free
        if free <= 0 or self._held[key] >= KEY_SHARE * free or self._held[place] >= LOCATION_SHARE * free:
            return None
        self.under_way += 1
        self._held.update((key, place))
        return Place(self, (key, place))

    def give_back(self, parties: tuple[Hashable, ...]) -> None:
        """For `Place` only."""
        self.under_way -= 1
        for party in parties:
            self._held[party] -= 1
            if not self._held[party]:
                del self._held[party]


def stored(scope: Scope) -> None:
    """What the request brought is on disk, or it only waits for news from now on: it is under way no more."""
    place = scope.get("place")
    if isinstance(place, Place):
        place.leave()


class Admission:
    """An ASGI middleware before routing: what is refused costs no look at its body."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._keys = services.keys
        self._intake = Room(services.intake_places)
        self._reads = Room(services.intake_places)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._room(scope) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        room, location = found
        if room.free <= 0:
            await _refuse(scope, receive, send)
            return
        try:
            key = await self._key(scope)
        except StorageUnavailable as error:  # told now: the route would ask again, and wait as long once more
            await from_error(error).response()(scope, receive, send)
            return
        if key is None:  # its 401 comes from the route
            await self._app(scope, receive, send)
            return
        if room is self._intake and not location:
            location, receive = await _peek(receive)
        place = room.enter(key, location)
        if place is None:
            await _refuse(scope, receive, send)
            return
        scope["place"] = place
        try:
            await self._app(scope, receive, send)
        finally:
            place.leave()

    def _room(self, scope: Scope) -> tuple[Room, str] | None:
        """The room for this request, and the location that its path names."""
        path: str = scope["path"]
        if scope["method"] == "POST" and (intake := _INTAKE.fullmatch(path)):
            return self._intake, intake["location"] or ""
        if scope["method"] == "GET" and _READS.fullmatch(path) and not _waits(scope):
            return self._reads, ""
        return None

    async def _key(self, scope: Scope) -> Hashable | None:
        """Whose request it is; None: nobody's that we know. Raises StorageUnavailable."""
        for name, value in scope["headers"]:
            if name == b"authorization":
                scheme, _, key = value.decode("latin-1").partition(" ")
                if scheme.lower() != "bearer" or not key.isascii():
                    return None
                found = await self._keys.find(key.strip(" "))
                return None if found is None else found.id
        return None


def limited(method: str, path: str) -> bool:
    """Whether this route may answer 429. For the API's documentation."""
    return bool((_INTAKE if method == "POST" else _READS).fullmatch(path)) and method in ("GET", "POST")


def _waits(scope: Scope) -> bool:
    """For news of an order, idly and for a long time, which is not being under way."""
    return any(name == b"prefer" for name, _ in scope["headers"])


async def _peek(receive: Receive) -> tuple[str, Receive]:
    """The location in the first piece of the body, which is nearly always all of it; and a way to read it again."""
    first: Message | None = await receive()
    said = _LOCATION.search(first.get("body", b"")) if first else None

    async def again() -> Message:
        nonlocal first
        if first is None:
            return await receive()
        message, first = first, None
        return message

    return said[1].decode() if said else "", again


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await Problem("too-many-requests", FULL, headers=retry_after(AGAIN_S)).response()(scope, receive, send)
