"""Questions in a terminal. They go to standard error, so that standard output is what was asked for.

Answers may be piped in, a line each: then a secret is read from there too, for nobody is there to be shielded from.
"""

import sys
from collections.abc import Callable, Sequence
from getpass import getpass
from typing import TypeVar

import typer

Value = TypeVar("Value")


class Ended(Exception):
    """There are no more answers."""


def say(words: str = "") -> None:
    """A line for the person."""
    typer.echo(words, err=True)


def ask(question: str, *, default: str | None = None, empty: str | None = None) -> str:
    """An answer without the space around it. An empty line takes the default; without one it is asked again.

    ``empty``: what an empty line means instead, for things that may be left out; the answer is then "".
    """
    hint = f" [{default}]" if default else f" [{empty}]" if empty is not None else ""
    while True:
        typer.echo(f"{question}{hint}: ", nl=False, err=True)
        answer = _line() or default or ""
        if answer or empty is not None:
            return answer
        say("  Please give an answer.")


def ask_for(question: str, read: Callable[[str], Value], *, default: str | None = None) -> Value:
    """An answer that ``read`` makes something of; asked again where that raises a ValueError."""
    while True:
        try:
            return read(ask(question, default=default))
        except ValueError as error:
            say(f"  {error}")


def ask_secret(question: str, *, empty: str | None = None) -> str:
    """Not echoed. Not empty, but where ``empty`` says what that means."""
    hint = f" [{empty}]" if empty is not None else ""
    while True:
        if sys.stdin.isatty():
            try:
                answer = getpass(f"{question}{hint}: ", stream=sys.stderr).strip()
            except EOFError:
                raise Ended from None
        else:
            typer.echo(f"{question}{hint}: ", nl=False, err=True)
            answer = _line()
        if answer or empty is not None:
            return answer
        say("  Please give an answer.")


def confirm(question: str, *, default: bool) -> bool:
    """Yes or no."""
    known = {"y": True, "yes": True, "n": False, "no": False}
    while True:
        answer = ask(f"{question} (y/n)", default="y" if default else "n").lower()
        if answer in known:
            return known[answer]
        say("  Please answer y or n.")


def pick(question: str, choices: Sequence[str], *, default: int | None = 0, none: str | None = None) -> int | None:
    """The place of one of the choices. ``none``: what 0 means, for things that may be left out; the answer is None."""
    say(question)
    if none is not None:
        say(f"   0  {none}")
    for number, choice in enumerate(choices, 1):
        say(f"  {number:2}  {choice}")
    first = 1 if none is None else 0
    usual = 0 if default is None else default + 1

    def read(answer: str) -> int:
        if not answer.isdecimal() or not first <= int(answer) <= len(choices):
            message = f"Please give a number from {first} to {len(choices)}."
            raise ValueError(message)
        return int(answer)

    number = ask_for("Number", read, default=str(usual) if usual >= first else None)
    return number - 1 if number else None


def _line() -> str:
    try:
        answer = input().strip()
    except EOFError:
        raise Ended from None
    if not sys.stdin.isatty():
        say()  # what was piped in stands on no screen, and neither does the end of its line
    return answer
