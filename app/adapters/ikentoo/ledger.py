"""What became of each field of an order while it was translated. Nothing is dropped silently."""

from app.domain.errors import Finding, OrderNotExpressible


class Ledger:
    """Collects the lines of the order note, the pointers of folded and kept fields, and all refusals at once."""

    def __init__(self, first_line: str) -> None:
        self.lines = [first_line]
        self.folded: list[str] = []
        self.kept: list[str] = []
        self._findings: list[Finding] = []

    def fold(self, pointer: str, line: str) -> None:
        """The field has no place of its own: it is printed with the order's note."""
        self.lines.append(line)
        self.folded.append(pointer)

    def keep(self, pointer: str, given: object) -> None:
        """A courtesy field that only we keep, if it was given at all."""
        if given:
            self.kept.append(pointer)

    def refuse(self, pointer: str, code: str, message: str) -> None:
        """iKentoo cannot be told this."""
        self._findings.append(Finding(pointer, code, message))

    def settle(self) -> None:
        """Raises OrderNotExpressible if anything was refused."""
        if self._findings:
            raise OrderNotExpressible(self._findings)
