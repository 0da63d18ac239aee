"""Iiko, as the registry holds it."""

import ssl
import time

from app.adapters.base import Limits, MessageSubmission, PosTraits, Submission, Translation, Vault
from app.adapters.client import Client, new_tls
from app.adapters.iiko.adapter import IikoAdapter
from app.adapters.iiko.connection import Connection
from app.adapters.iiko.messages import translate_message
from app.adapters.iiko.settings import IikoSettings
from app.adapters.iiko.tokens import Clock, Tokens
from app.adapters.iiko.translate import translate
from app.domain.location import Location, PosSettings

_QUESTIONS = 4
"""Connections beside those of the sends: for a look-up, the poll, a sync, and what people ask."""


class Iiko:
    """The legacy delivery API: a synchronous create, a look-up by our GUID, no callbacks."""

    system: str = "iiko"
    settings_model: type[PosSettings] = IikoSettings
    traits = PosTraits(verdict_by_callback=False, lookup=True, polled=True, ids_change=True)

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """``clock``: seconds, by which tokens age."""
        self._tokens = Tokens(clock)
        self._tls: ssl.SSLContext | None = None

    def translate(self, location: Location, submission: Submission) -> Translation:
        """Pure. Raises OrderNotExpressible with the fields, or Misconfigured where there is no such terminal."""
        return translate(location, _settings(location), submission)

    def translate_message(self, location: Location, submission: MessageSubmission) -> Translation:
        """Pure. Raises OrderNotExpressible where the message is about no order."""
        return translate_message(_settings(location), submission)

    def open(self, location: Location, limits: Limits, vault: Vault | None = None) -> IikoAdapter:  # noqa: ARG002 - the protocol's signature
        """An adapter for the location. Opens no connection yet."""
        settings = _settings(location)
        if self._tls is None:
            self._tls = new_tls()
        client = Client(
            settings.base_url,
            limits,
            max_connections=location.settings.max_in_flight + _QUESTIONS,
            tls=self._tls,
        )
        connection = Connection(settings=settings, client=client, token=self._tokens.of(settings), limits=limits)
        return IikoAdapter(location=location, connection=connection)

    def time_to_live_s(self, location: Location, submission: Submission) -> float:  # noqa: ARG002 - the protocol's signature
        """0: Iiko answers at once."""
        return 0.0


def _settings(location: Location) -> IikoSettings:
    if not isinstance(location.pos, IikoSettings):
        message = f"location {location.id} has settings of {location.pos.system}, not of Iiko"
        raise TypeError(message)
    return location.pos
