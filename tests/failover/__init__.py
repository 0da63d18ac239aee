"""Fail-over under Patroni, by hand or nightly: `make failover`. Nothing here is collected by pytest."""
