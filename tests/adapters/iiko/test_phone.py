"""Phones: Iiko's own pattern, on + and digits."""

import pytest

from app.adapters.iiko.phone import iiko_phone


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("+380979981891", "+380979981891"),
        ("+44 7911 123456", "+447911123456"),
        ("+373 69 153 080", "+37369153080"),
        ("+7 (999) 111-22-33", "+79991112233"),
        ("8 999 111 22 33", "89991112233"),
        ("9991112233", "9991112233"),
        ("+41 (0)22 733 44 55", "+41227334455"),
        ("022 733 44 55", "0227334455"),
    ],
)
def test_taken(given: str, sent: str) -> None:
    assert iiko_phone(given) == sent


@pytest.mark.parametrize("given", ["112", "+372 512 3456", "+3801234567890123"])
def test_refused_by_iikos_pattern(given: str) -> None:
    assert iiko_phone(given) is None
