"""What was typed wrongly, in one line instead of a box."""

from typing import Any

import typer

# typer brings its own click under a private name; older ones used the public one. Its errors are these in both.
UsageError: Any = typer.BadParameter.__mro__[1]


def explained(error: Any) -> str:
    """One line; or the whole help for a command that was given nothing."""
    command = error.ctx.command_path if error.ctx else "order-relay"
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(error.ctx.get_help())
    message = " ".join(error.format_message().replace("Value error, ", "").split()).removesuffix(".")
    return f"order-relay: {message}{'' if message.endswith('?') else '.'} ('{command} --help' explains.)"
