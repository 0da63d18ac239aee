"""Money: decimals that travel as strings, with as many places as the currency has (ISO 4217)."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

MONEY_PATTERN = r"^\d{1,9}(\.\d{1,3})?$"
_WRITTEN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")

# ISO 4217, active codes. Minor units other than two are listed apart.
_NO_PLACES = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_PLACES = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_TWO_PLACES = frozenset(
    (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
        "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
        "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN "
        "NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
        "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
    ).split()
)
CURRENCIES = _NO_PLACES | _TWO_PLACES | _THREE_PLACES
_UNITS = (Decimal("1"), Decimal("0.1"), Decimal("0.01"), Decimal("0.001"))
"""By places."""


def places(currency: str) -> int:
    """Digits after the decimal point in this currency."""
    if currency in _NO_PLACES:
        return 0
    return 3 if currency in _THREE_PLACES else 2


def fits(amount: Decimal, currency: str) -> bool:
    """Whether the amount is written with no more places than the currency has."""
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= places(currency)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount with exactly the currency's places."""
    return amount.quantize(_UNITS[places(currency)], rounding=ROUND_HALF_UP)


@lru_cache(maxsize=4096)  # a menu has few prices, and each order writes them several times
def written(amount: Decimal, currency: str) -> str:
    """The amount as our API answers it: all places of the currency."""
    return f"{rounded(amount, currency):f}"


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        message = "must be a currency code of ISO 4217, such as CHF"
        raise ValueError(message)
    return value


def _amount(value: object) -> Decimal:
    if isinstance(value, Decimal):  # our own code, never a request: JSON has no Decimal
        return value
    if not isinstance(value, str):
        message = 'must be a string such as "12.50"; a JSON number would lose cents'
        raise ValueError(message)
    if not _WRITTEN.fullmatch(value):
        message = 'must be a decimal string such as "12.50": up to nine digits, up to three places, no sign'
        raise ValueError(message)
    return Decimal(value)


Money = Annotated[
    Decimal,
    BeforeValidator(_amount),
    PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": MONEY_PATTERN, "examples": ["12.50"]}),
]
"""A non-negative amount, taxes included, written as a string."""

Currency = Annotated[
    str, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["CHF"]})
]
"""An ISO 4217 code."""
