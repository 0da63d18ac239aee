"""iKentoo (Lightspeed Restaurant K-Series), as the registry holds it."""

import ssl

from app.adapters.base import (
    Adapter,
    CallbackRequest,
    Limits,
    MessageSubmission,
    PaymentSubmission,
    PosTraits,
    Submission,
    Translation,
    Vault,
)
from app.adapters.client import new_tls
from app.adapters.ikentoo import callbacks
from app.adapters.ikentoo.adapter import IkentooAdapter
from app.adapters.ikentoo.message import translate_message
from app.adapters.ikentoo.payment import translate_payment
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.times import payment_time_to_live, schedule, time_to_live
from app.adapters.ikentoo.translate import translate
from app.domain.location import Location, PosSettings
from app.domain.status import StatusEvent


class Ikentoo:
    """Orders go in by one POST and come back by callbacks; there is no look-up by our reference."""

    system = "ikentoo"
    settings_model: type[PosSettings] = IkentooSettings
    traits = PosTraits(verdict_by_callback=True, lookup=False, polled=False, ids_change=False)

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls or new_tls()

    def translate(self, location: Location, submission: Submission) -> Translation:
        """Pure. Raises OrderNotExpressible with all findings."""
        return translate(location, _settings(location), submission)

    def translate_payment(self, location: Location, submission: PaymentSubmission) -> Translation:
        """Pure. Raises OrderNotExpressible. One by table needs the fact that ``prepare`` finds before it is sent."""
        return translate_payment(location, _settings(location), submission)

    def translate_message(self, location: Location, submission: MessageSubmission) -> Translation:
        """Pure. Any message can be told."""
        return translate_message(_settings(location), submission)

    def open(self, location: Location, limits: Limits, vault: Vault | None = None) -> Adapter:
        """An adapter for the location. Opens no connection yet. OAuth needs the vault."""
        return IkentooAdapter(location, _settings(location), limits, self._tls, vault)

    def time_to_live_s(self, location: Location, submission: Submission) -> float:
        """How long the POS tries: told with the create, and counted from the scheduled time where one is sent."""
        held_until = schedule(submission, location.settings.lead_time_s).scheduled
        held = (held_until - submission.now).total_seconds() if held_until else 0.0
        return held + time_to_live(submission).total_seconds()

    def payment_time_to_live_s(self, location: Location, submission: PaymentSubmission) -> float:  # noqa: ARG002 - as time_to_live_s
        """How long the POS tries to bring a payment to the till; afterwards it says that it failed."""
        return payment_time_to_live(submission).total_seconds()

    def authenticate(self, location: Location, request: CallbackRequest) -> None:
        """HTTP Basic. Raises CallbackUnauthenticated."""
        callbacks.authenticate(_settings(location), request)

    def read_callback(self, body: bytes) -> StatusEvent:
        """Raises CallbackUnreadable."""
        return callbacks.read_callback(body)


def _settings(location: Location) -> IkentooSettings:
    if not isinstance(location.pos, IkentooSettings):
        message = f"location {location.id} has no iKentoo settings"
        raise TypeError(message)
    return location.pos
