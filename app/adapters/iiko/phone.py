"""Phone numbers as Iiko takes them."""

import re

# Iiko's own pattern for the phones of customer and order (field reports, from the official document).
_IIKO = re.compile(
    r"^(8|\+?\d{1,3})?[ -]?\(?(\d{3})\)?[ -]?(\d{3})[ -]?(\d{2})[ -]?(\d{2})$",
    re.ASCII,
)


def iiko_phone(given: str) -> str | None:
    """The number as ``+`` and digits, or None where Iiko's pattern refuses it.

    Iiko refuses correct numbers whose spaces stand elsewhere than in its pattern, such as +44 7911 123456.
    """
    # "+41 (0)22 ...": the zero is dialled only inside the country, instead of the +41.
    dialled = given.replace("(0)", "", 1) if given.startswith("+") else given
    number = ("+" if given.startswith("+") else "") + re.sub(r"\D", "", dialled, flags=re.ASCII)
    return number if _IIKO.fullmatch(number) else None
