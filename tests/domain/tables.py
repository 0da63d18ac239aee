"""Reads the tables as the design writes them: rows of cells between bars, the first row names the columns."""


def read(table: str) -> dict[str, dict[str, str]]:
    """Row name -> column name -> cell."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.strip().splitlines()]
    head = rows[0][1:]
    return {row[0]: dict(zip(head, row[1:], strict=True)) for row in rows[1:]}
