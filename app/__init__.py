"""order-relay: relays paid web orders into restaurant POS systems."""

__version__ = "0.1.0"
