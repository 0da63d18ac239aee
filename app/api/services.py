"""What the routes work with. Built at the front door and handed to `create_app`."""

from dataclasses import dataclass, field
from typing import cast

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request

from app.api.measures import Measures
from app.relay.access import Keys
from app.relay.inbox import Inbox
from app.relay.intake import Intake
from app.relay.locations import Locations, OpenAdapters
from app.relay.menus import Menus
from app.relay.messages import Messages
from app.relay.operate import Operate
from app.relay.payments import Payments
from app.relay.sync import Sync
from app.relay.venue import Venue
from app.relay.watching import Watching


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The relay, as the API sees it."""

    engine: AsyncEngine
    """For reads. What writes brings its own."""
    keys: Keys
    locations: Locations
    """Knows the registry, the public address and whether plain http is allowed."""
    adapters: OpenAdapters
    menus: Menus
    sync: Sync
    intake: Intake
    operate: Operate
    inbox: Inbox
    payments: Payments
    messages: Messages
    express: AsyncEngine | None = None
    """For what may not wait behind reads; None: `engine`."""
    intake_places: int = 256
    """So many orders, payments and messages are taken at the same time, and so many reads."""
    watching: Watching
    measures: Measures = field(default_factory=Measures)
    metrics_public: bool = False
    """Whether everybody may read `/metrics`."""

    @property
    def venue(self) -> Venue:
        """Live questions to a POS."""
        return Venue(locations=self.locations, adapters=self.adapters, syncs=self.sync)


def services_of(request: Request) -> Services:
    """The services of the app that serves this request."""
    return cast(Services, request.app.state.services)
