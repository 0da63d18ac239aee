"""How fast is it, beside a route that only validates? One run of real processes on 127.0.0.1; `python -m bench`."""
