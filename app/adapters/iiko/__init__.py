"""Everything that Iiko's legacy delivery API (``/api/0``) speaks (Iiko integration tips)."""
