"""Guarantees broken on purpose, each by one line: a checker that has never failed proves nothing."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.torture.kinds import Kind

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, kw_only=True)
class Breakage:
    """A change of one file of the product, and the campaign that must notice it."""

    file: str
    before: str
    """Stands in the file exactly once."""
    after: str
    kinds: tuple[Kind, ...]
    noticed_as: str
    """In the violations that must be found."""
    marks: dict[str, int]
    """More orders with this trouble at the POS, in thousandths."""


BREAKAGES = {
    # The lease of a silent worker ends, and the order is sent again as if nothing had been sent.
    "fencing": Breakage(
        file="app/relay/reconcile.py",
        before="            state=after.state,\n",
        after="            state=Dispatch.WAITING,\n",
        kinds=(Kind.KILL_WORKER, Kind.FREEZE_WORKER),
        noticed_as="sent it again while it was in doubt",
        marks={"[sim:delay seconds=2]": 500},
    ),
    # The website's reference is no idempotency key any more.
    "dedup": Breakage(
        file="app/store/intake.py",
        before="i.location_id, i.id, i.kind, i.reference, i.fingerprint, 'received'",
        after="i.location_id, i.id, i.kind, i.reference || ' ' || i.id, i.fingerprint, 'received'",
        kinds=(Kind.POS_429,),
        noticed_as="doubled: 2 times at the POS",
        marks={},
    ),
    # A connection that ends without an answer counts as "surely not sent".
    "doubt": Breakage(
        file="app/adapters/client.py",
        before="        if not proof.connected:\n",
        after="        if True:\n",
        kinds=(Kind.POS_DROP_AFTER,),
        noticed_as="mislabelled: at the POS, but the relay says",
        marks={"[sim:drop_after times=all]": 150},
    ),
}


def broken_copy(name: str, directory: Path) -> Path:
    """The product with this guarantee broken, below ``directory``. Raises ValueError when the code has changed, so
    that the change does not fit exactly once."""
    breakage = BREAKAGES[name]
    for package in ("app", "migrations"):
        shutil.copytree(ROOT / package, directory / package, ignore=shutil.ignore_patterns("__pycache__"))
    path = directory / breakage.file
    text = path.read_text()
    if (times := text.count(breakage.before)) != 1:
        message = f"the change {name!r} fits {times} times into {breakage.file}: adapt it to the code"
        raise ValueError(message)
    path.write_text(text.replace(breakage.before, breakage.after))
    return directory
