"""The fault campaign: orders by the thousand through everything that can break, and a checker afterwards."""
