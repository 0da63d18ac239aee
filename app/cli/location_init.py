"""order-relay locations init: from credentials to a file that `locations apply` takes. Needs no database."""

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from app import logs
from app.adapters.base import Limits
from app.adapters.registry import build
from app.cli.asking import Ended, ask_for, confirm, pick, say
from app.cli.location_draft import Draft, Drawing, Secret
from app.cli.location_init_iiko import ask_iiko
from app.cli.location_init_ikentoo import ask_ikentoo
from app.cli.location_toml import add_to, location_toml, plain, slugs_in
from app.cli.running import refuse
from app.domain.errors import ConfigurationError
from app.domain.location import SLUG_PATTERN
from app.settings import load_settings

POS: dict[str, tuple[str, Callable[[Draft, Drawing], None]]] = {
    "iiko": ("Iiko (legacy delivery API)", ask_iiko),
    "ikentoo": ("iKentoo / Lightspeed Restaurant K-Series", ask_ikentoo),
}
_LOCALTIME = Path("/etc/localtime")


def init(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file to write, or to add to. Absent: standard output.")
    ] = None,
) -> None:
    """Asks for a POS, its credentials and picks, and writes the TOML for `locations apply`. Stores nothing else."""
    try:
        _init(output)
    except Ended:
        refuse(["The answers ended before everything was asked. Nothing was written."])
    except ConfigurationError as error:
        refuse([str(error)])
    except KeyboardInterrupt:
        say("\nNothing was written.")
        raise typer.Exit(130) from None


def _init(output: Path | None) -> None:
    settings = load_settings()
    logs.configure(level="error", as_json=False)
    taken = slugs_in(output) if output else ()
    limits = Limits(connect_s=settings.pos_connect_timeout_s, read_s=settings.pos_read_timeout_s)
    drawing = Drawing(build(), limits, allow_http=settings.allow_http)
    draft = Draft()
    names = list(POS)
    asked_for = pick("Which POS does the restaurant have?", [POS[name][0] for name in names]) or 0
    POS[names[asked_for]][1](draft, drawing)
    slug = _about(draft, drawing, taken)
    directly = confirm("Write the secrets into the file itself? (else ${NAMES} of the environment)", default=False)
    text = location_toml(slug, _document(draft, slug, directly=directly))
    if output is None:
        typer.echo(text, nl=False)
    else:
        add_to(output, text)
    _farewell(draft, slug, output, directly=directly)


def _about(draft: Draft, drawing: Drawing, taken: Collection[str]) -> str:
    """Name, zone, currency and slug; the slug."""
    asked: dict[str, str | None] = {"name": None, "timezone": _zone(), "currency": None}
    words = {
        "name": "Name of the restaurant",
        "timezone": "Its time zone, such as Europe/Zurich",
        "currency": "Its currency, such as CHF",
    }
    for key, usual in asked.items():
        draft.settings[key] = ask_for(words[key], _fitting(draft, drawing, key), default=draft.settings.get(key, usual))
    draft.settings = {key: draft.settings[key] for key in asked}

    def free_slug(answer: str) -> str:
        if not re.fullmatch(SLUG_PATTERN, answer):
            message = "It begins with a letter or digit, and has lower-case letters, digits and hyphens."
            raise ValueError(message)
        if answer in taken:
            message = f"The file holds {answer} already; take another one."
            raise ValueError(message)
        return answer

    say("The slug is the location's name in addresses, orders and commands; it stays.")
    return ask_for("Slug", free_slug, default=_slug_of(draft.settings["name"]))


def _fitting(draft: Draft, drawing: Drawing, key: str) -> Callable[[str], str]:
    def read(answer: str) -> str:
        draft.settings[key] = answer.upper() if key == "currency" else answer
        for line in drawing.wrong(draft):
            if line.startswith(f"{key}: "):
                del draft.settings[key]
                raise ValueError(line)
        return str(draft.settings[key])

    return read


def _document(draft: Draft, slug: str, *, directly: bool) -> dict[str, Any]:
    pos: dict[str, Any] = plain(draft.pos)
    for secret in draft.secrets:
        secret.put_into(pos, plain(secret.value) if directly else f"${{{_variable(slug, secret)}}}")
    first = {name: pos[name] for name in ("system", "base_url")}
    return {**plain(draft.settings), "pos": {**first, **pos}}


def _variable(slug: str, secret: Secret) -> str:
    name = f"{slug}_{secret.path[-1]}".replace("-", "_").upper()
    return name if name[0].isalpha() else f"POS_{name}"


def _farewell(draft: Draft, slug: str, output: Path | None, *, directly: bool) -> None:
    file = str(output) if output else "FILE"
    say()
    if output:
        say(f"Written to {output}.")
    if draft.secrets and not directly:
        say("Before it is applied, set in the environment:")
        for secret in draft.secrets:
            value = f"'{secret.value}'   # made for you; keep it" if secret.made else "..."
            say(f"  export {_variable(slug, secret)}={value}")
    say("Then:")
    say(f"  order-relay locations apply {file}")
    if draft.pos["system"] == "ikentoo":
        say(f"  order-relay locations register {slug}")
    say(f"  order-relay locations sync {slug}")
    say(f"  order-relay locations check {slug}")


def _zone() -> str | None:
    """This machine's, where it has one that says something."""
    try:
        _, found, zone = str(_LOCALTIME.resolve()).partition("zoneinfo/")
    except OSError:
        return None
    return zone if found and "UTC" not in zone and "/" in zone else None


def _slug_of(name: str) -> str:
    letters = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-")
    return letters or "restaurant-1"
