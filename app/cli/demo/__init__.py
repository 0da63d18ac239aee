"""The demo: the whole product in one process, on an evening with trouble."""
