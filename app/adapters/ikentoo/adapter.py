"""What one location's iKentoo can be asked and told: no retry, no state but the connections."""

import ssl
from collections.abc import Mapping, Sequence

from app.adapters.base import Limits, MenuRead, PaymentSubmission, Submission, Taken, Vault, WireRequest
from app.adapters.ikentoo import catalog, floor, set_up, webhook
from app.adapters.ikentoo.answers import printed, taken
from app.adapters.ikentoo.calls import Calls
from app.adapters.ikentoo.payment import ACCOUNT, PAY, names_account
from app.adapters.ikentoo.reads import Reads
from app.adapters.ikentoo.settings import IkentooSettings
from app.domain.catalog import Entry, Kind, Names
from app.domain.errors import NotSent
from app.domain.location import Location
from app.domain.venue import FloorPlan, OpenCheck, Place, SetUpCheck


class IkentooAdapter:
    """An open connection to one location."""

    def __init__(
        self,
        location: Location,
        settings: IkentooSettings,
        limits: Limits,
        tls: ssl.SSLContext,
        vault: Vault | None = None,
    ) -> None:
        self._settings = settings
        self._calls = Calls(location, settings, limits, tls, vault)
        self._reads = Reads(self._calls, settings)

    async def create(self, request: WireRequest) -> Taken:
        """Sends the order or the payment once. Raises a PosError for everything but "taken"."""
        if request.path == PAY and not names_account(request.body):
            raise NotSent("Which check is open on the table is not known yet.")
        answer = await self._calls.ask(request.method, request.path, params=request.params or None, json=request.body)
        payment = request.path == PAY
        name = "thirdPartyPaymentReference" if payment else "thirdPartyReference"
        return taken(answer, request.body.get(name), payment=payment)

    async def tell(self, request: WireRequest) -> Taken:
        """Sends the message. Raises a PosError."""
        answer = await self._calls.ask(request.method, request.path, params=request.params, json=request.body)
        return printed(answer)

    async def prepare(self, submission: Submission | PaymentSubmission) -> Mapping[str, str]:
        """Which check a payment by table pays. Raises a PosError; Rejected where it is not exactly one."""
        if not isinstance(submission, PaymentSubmission) or submission.payment.table is None:
            return {}
        return {ACCOUNT: await floor.account_of_table(self._reads, submission.payment.table)}

    async def read_names(self) -> Mapping[Kind, Sequence[Entry]]:
        """Menus, production instructions and discounts. Raises a PosError."""
        return await catalog.read_names(self._reads)

    async def read_menu(self, names: Names, *, since: str | None) -> MenuRead | None:
        """All menus; None: their content is what it was. Raises a PosError."""
        return await catalog.read_menu(self._reads, names, since=since)

    async def places(self) -> Sequence[Place]:
        """The business locations that these credentials can see. Raises a PosError."""
        return await floor.places(self._reads)

    async def floor_plans(self) -> Sequence[FloorPlan]:
        """Rooms and tables. Raises a PosError."""
        return await floor.floor_plans(self._reads)

    async def open_checks(self, table: int | None) -> Sequence[OpenCheck]:
        """Of one table, or of all. Raises a PosError."""
        return await floor.open_checks(self._reads, table)

    async def register_callbacks(self, url: str) -> str:
        """``created``, ``updated`` or ``unchanged``. Raises a PosError."""
        return await webhook.register(self._calls, self._settings, url)

    async def check_set_up(self, *, callback_url: str) -> Sequence[SetUpCheck]:
        """Everything that was looked at, right or wrong. Raises nothing."""
        return await set_up.check(self._calls, self._settings, callback_url=callback_url)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._calls.aclose()
