"""The command line: order-relay COMMAND."""

import sys

NAME = "order-relay"


def main() -> None:
    """What the console script runs. Whatever is wrong is one line; 2 is for what was typed, 1 for the rest."""
    import typer  # noqa: PLC0415 - so that the parts of the command line can be had one by one

    from app.cli.commands import app  # noqa: PLC0415
    from app.cli.usage import UsageError, explained  # noqa: PLC0415
    from app.domain.errors import ConfigurationError, RelayError  # noqa: PLC0415

    try:
        code = app(prog_name=NAME, standalone_mode=False)
    except UsageError as error:
        print(explained(error), file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    except (ConfigurationError, RelayError) as error:
        sys.exit(f"{NAME}: {error}")
    sys.exit(code if isinstance(code, int) else 0)
