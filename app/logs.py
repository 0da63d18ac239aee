"""Structured logs on standard error. Order, location and attempt are bound once and stand in every line.

Nothing secret reaches a log: names that hold secrets are masked, tokens in addresses are cut, and the HTTP libraries,
whose own lines print addresses with their tokens, speak from WARNING on.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_NAME = re.compile(r"(secret|password|token|authorization|api_key|credential)", re.IGNORECASE)
_SECRET_IN_TEXT = re.compile(
    r"((?:access_token|user_secret|user_id|client_secret|refresh_token|password|callback_key)=)[^&\s\"']+"
    r"|((?:Bearer|Basic)\s+)[A-Za-z0-9+/=._~-]+"
    r"|(//[^/\s:@]+:)[^@\s/]+(?=@)"
    r"|(/webhooks/[a-z]+/)[A-Za-z0-9_-]+"
    r"|(\borly_)[A-Za-z0-9_-]+",
    re.IGNORECASE,
)
MASK = "***"
QUIET = ("aiohttp", "httpx", "httpcore", "uvicorn.access", "asyncio", "sqlalchemy", "alembic")


def masked(text: str) -> str:
    """The text without tokens, passwords and callback keys."""
    return _SECRET_IN_TEXT.sub(lambda found: next(group for group in found.groups() if group) + MASK, text)


def _redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _redacted(name, value) for name, value in event.items()}


def _redacted(name: object, value: Any) -> Any:
    match value:
        case _ if isinstance(name, str) and _SECRET_NAME.search(name):
            return MASK
        case str():
            return masked(value)
        case dict():
            return {inner: _redacted(inner, member) for inner, member in value.items()}
        case list() | tuple():
            return [_redacted(None, member) for member in value]
        case _:
            return value


def configure(*, level: str = "info", as_json: bool = False) -> None:
    """Sets up the logs of this process, ours and those of the libraries alike."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared[:-1],
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared[:-1],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redact, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger of this name."""
    return structlog.stdlib.get_logger(name)
