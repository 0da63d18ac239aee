"""The order's note, which takes what has no place of its own."""

from app.adapters import ledger


class Ledger(ledger.Ledger):
    """Collects the lines of the order note as well."""

    def __init__(self, first_line: str) -> None:
        super().__init__()
        self.lines = [first_line]

    def note(self, pointer: str, line: str) -> None:
        """The field has no place of its own: it is printed with the order's note."""
        self.lines.append(line)
        self.fold(pointer)
