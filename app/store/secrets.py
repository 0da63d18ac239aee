"""Secrets at rest: a JSON object of dotted name and value, encrypted as one Fernet token."""

import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.domain.errors import ConfigurationError


class Cipher:
    """The first key encrypts, all decrypt: to rotate, put a new one in front."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: Fernet keys. Raises ConfigurationError where there is none, or one is not a key."""
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise ConfigurationError(
                "ORDER_RELAY_SECRET_KEYS: must be one or more comma-separated Fernet keys."
            ) from None

    def encrypt(self, secrets: Mapping[str, str]) -> bytes:
        """A token for the database."""
        return self._fernet.encrypt(json.dumps(dict(secrets), separators=(",", ":")).encode())

    def decrypt(self, token: bytes) -> dict[str, str]:
        """The secrets of a token; none for the empty one. Raises ConfigurationError where no key fits."""
        if not token:
            return {}
        try:
            secrets: dict[str, str] = json.loads(self._fernet.decrypt(token))
        except InvalidToken:
            raise ConfigurationError(
                "ORDER_RELAY_SECRET_KEYS: none of the keys decrypts the stored POS credentials; "
                "put the key back that they were encrypted with."
            ) from None
        return secrets
