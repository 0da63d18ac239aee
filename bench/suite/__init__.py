"""The suite behind `make bench`: order-relay beside its contenders, on the same PostgreSQL, in the same rounds."""
