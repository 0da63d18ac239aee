"""What became of each field of an order while it was translated. Nothing is dropped silently."""

from app.domain.errors import Finding, OrderNotExpressible


class Ledger:
    """Collects pointers. All findings are told at once, not the first alone."""

    def __init__(self) -> None:
        self.folded: list[str] = []
        self.kept: list[str] = []
        self._findings: list[Finding] = []

    def fold(self, pointer: str) -> None:
        """The field went into a note, as text."""
        self.folded.append(pointer)

    def keep(self, pointer: str, given: object) -> None:
        """A courtesy field that only we keep, if it was given at all."""
        if given:
            self.kept.append(pointer)

    def refuse(self, pointer: str, code: str, message: str) -> None:
        """The POS cannot be told this."""
        self._findings.append(Finding(pointer, code, message))

    def settle(self) -> None:
        """Raises OrderNotExpressible if anything was refused."""
        if self._findings:
            raise OrderNotExpressible(self._findings)
