"""The command line: order-relay COMMAND."""

import sys


def main() -> None:
    """What the console script runs."""
    from app.cli.commands import app  # noqa: PLC0415 - so that the parts of the command line can be had one by one
    from app.domain.errors import ConfigurationError, RelayError  # noqa: PLC0415

    try:
        app()
    except (ConfigurationError, RelayError) as error:
        sys.exit(f"order-relay: {error}")
