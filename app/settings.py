"""Settings of the process, from the environment. ``.env.example`` explains each."""

from pathlib import Path
from typing import Annotated, Any, Self

from cryptography.fernet import Fernet
from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.errors import ConfigurationError

Seconds = Annotated[float, Field(gt=0, le=3600)]


class Settings(BaseSettings):
    """What the process runs with. Times in seconds."""

    model_config = SettingsConfigDict(env_prefix="ORDER_RELAY_", extra="ignore", frozen=True)

    database_url: Annotated[SecretStr | None, Field(validation_alias="DATABASE_URL")] = None
    """Unset: an embedded PostgreSQL under ``data_dir``."""
    data_dir: Path = Path(".order-relay")
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Fernet keys: the first encrypts, all decrypt."""
    public_url: str = "http://127.0.0.1:8000"
    """Where the POS reaches us; callback addresses begin with it."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    pos_connect_timeout_s: Seconds = 3
    pos_read_timeout_s: Annotated[float, Field(ge=11, le=600)] = 30
    """Iiko is told to give up 10 s before this."""
    send_budget_s: Seconds = 45
    """One send, all in all: token, request, answer."""
    lease_s: Seconds = 75
    """After this, a send that nobody reported on counts as in doubt. More than the budget."""
    verdict_grace_s: Annotated[float, Field(ge=0, le=86_400)] = 60
    poll_interval_s: Annotated[float, Field(ge=1, le=3600)] = 20
    sync_interval_s: Annotated[float, Field(ge=10, le=86_400)] = 900
    """Catalog and dictionaries of each location are read this often, with jitter."""
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    alert_url: str | None = None
    allow_http: bool = False
    """True: POS addresses may be plain http on any host, not only on loopback."""
    max_waiting_clients: Annotated[int, Field(ge=0, le=100_000)] = 5000
    """Requests of one process that wait for an order to change, and open event streams."""
    max_intake_in_flight: Annotated[int, Field(ge=1, le=10_000)] = 256
    """Orders, payments and messages that one process takes at once; more are answered 429. As many reads."""
    intake_batch: Annotated[int, Field(ge=1, le=1000)] = 50
    """Orders that arrive together are stored by one statement, so many at most; 1: each by its own."""
    database_pool_size: Annotated[int, Field(ge=2, le=200)] = 16
    pgbouncer: bool = False
    direct_database_url: SecretStr | None = None
    """The same database past the pgbouncer, for wake-ups and migrations. Unset: as ``database_url``."""
    worker_concurrency: Annotated[int, Field(ge=1, le=5000)] = 1000
    """Sends of one worker process at the same time, over all locations."""
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"
    log_format: Annotated[str, Field(pattern="^(json|text)$")] = "text"
    metrics_public: bool = False

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("secret_keys")
    @classmethod
    def _are_keys(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in keys:
            Fernet(key.get_secret_value())
        return keys

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            HttpUrl(value)
        except ValidationError:
            message = "must be a web address, such as https://orders.example.com"
            raise ValueError(message) from None
        return value.rstrip("/")

    @model_validator(mode="after")
    def _lease_outlives_budget(self) -> Self:
        if self.lease_s <= self.send_budget_s:
            message = "ORDER_RELAY_LEASE_S must be more than ORDER_RELAY_SEND_BUDGET_S"
            raise ValueError(message)
        return self


def load_settings() -> Settings:
    """The settings, or a ConfigurationError that names the wrong one in one clear line."""
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError(_in_one_line(error)) from None


_PLAIN = {
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
"""What pydantic finds, in the words of this product."""


def _plain(found: Any) -> str:
    context = {
        name: f"{value:g}" if isinstance(value, float) else value for name, value in found.get("ctx", {}).items()
    }
    if found["type"] == "string_pattern_mismatch":  # all patterns are lists of words
        return f"must be one of {', '.join(context['pattern'].strip('^()$').split('|'))}"
    message = str(found["msg"]).removeprefix("Value error, ")
    return _PLAIN[found["type"]].format(**context) if found["type"] in _PLAIN else message


def _in_one_line(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    message = _plain(first)
    if not name:
        return message
    variable = name if name.startswith("DATABASE") and name == "DATABASE_URL" else f"ORDER_RELAY_{name}"
    if variable.startswith("ORDER_RELAY_SECRET_KEYS"):
        message = "must be comma-separated Fernet keys (make one: order-relay keys secret)"
        variable = "ORDER_RELAY_SECRET_KEYS"
    return f"{variable}: {message}"
