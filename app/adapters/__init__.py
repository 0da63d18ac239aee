"""Every word a POS speaks. A POS is one folder here and one line in the registry."""
