"""Money has as many places as its currency, and never passes through a float."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import CURRENCIES, fits, places, rounded, written

PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),
    3: "BHD IQD JOD KWD LYD OMR TND".split(),
}


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_every_currency_has_its_places(currency: str) -> None:
    expected = next((count for count, codes in PLACES.items() if currency in codes), 2)
    assert places(currency) == expected


def test_the_list_is_iso_4217() -> None:
    assert {"CHF", "EUR", "UAH", "USD", "GBP", "RUB", "KZT", "GEL", "ISK", "JPY", "BHD", "TND"} <= CURRENCIES
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    # Not money of a till: metals, funds, tests, and codes that were withdrawn.
    assert not {"XXX", "XTS", "XAU", "XDR", "CHE", "CHW", "UYW", "CLF", "DEM", "FRF", "HRK", "SLL", "ZWL"} & CURRENCIES


@pytest.mark.parametrize(
    ("amount", "currency", "fitting"),
    [
        ("5", "JPY", True),
        ("5.0", "JPY", False),
        ("5.5", "JPY", False),
        ("5.55", "CHF", True),
        ("5.550", "CHF", False),
        ("5.555", "CHF", False),
        ("5.555", "BHD", True),
        ("999999999.999", "BHD", True),
        ("999999999.999", "CHF", False),
        ("0", "CHF", True),
    ],
)
def test_no_more_places_than_the_currency_has(amount: str, currency: str, fitting: bool) -> None:
    assert fits(Decimal(amount), currency) is fitting


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("613", "CHF", "613.00"),
        ("613", "JPY", "613"),
        ("6.13E+2", "JPY", "613"),
        ("613", "KWD", "613.000"),
        ("0.005", "CHF", "0.01"),
        ("0.004", "CHF", "0.00"),
        ("1.845", "CHF", "1.85"),
        ("2.5", "JPY", "3"),
    ],
)
def test_money_is_written_with_all_its_places(amount: str, currency: str, text: str) -> None:
    assert written(Decimal(amount), currency) == text


@given(st.decimals(min_value=0, max_value=999_999_999, places=3), st.sampled_from(sorted(CURRENCIES)))
def test_rounding_moves_by_half_a_unit_at_most_and_then_fits(amount: Decimal, currency: str) -> None:
    result = rounded(amount, currency)
    assert fits(result, currency)
    assert abs(result - amount) * 2 <= Decimal(1).scaleb(-places(currency))
    assert Decimal(written(amount, currency)) == result
    assert not fits(amount, currency) or result == amount
