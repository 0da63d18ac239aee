"""The contenders' own programs, each in its library's usual way. They run in `.venv-bench`, and of order-relay they
take the order model alone."""
