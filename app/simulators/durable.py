"""A simulator's memory on disk: what a POS was told and answered outlives a kill of its process, as a real one's does.

An append-only file of pickled records, written before the answer leaves. Python's own pickles, since only the process
that wrote the file reads it again, and the records are the simulator's own.
"""

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LENGTH_BYTES = 4


class BookFile:
    """Records in the order they were written. Without a path nothing is kept."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, made if need be."""
        self._file = None if path is None else path.open("a+b", buffering=0)

    def write(self, *record: Any) -> None:
        """Keep one record. It survives the end of the process at once, and the end of the machine perhaps not."""
        if self._file is not None:
            body = pickle.dumps(record, pickle.HIGHEST_PROTOCOL)
            self._file.write(len(body).to_bytes(LENGTH_BYTES, "big") + body)

    def close(self) -> None:
        """Write no more."""
        if self._file is not None:
            self._file.close()

    def read(self) -> Iterator[tuple[Any, ...]]:
        """All records so far; one that was cut short by a kill is forgotten, for nobody was answered."""
        if self._file is None:
            return
        self._file.seek(0)
        data = self._file.read()
        at = 0
        while at + LENGTH_BYTES <= len(data):
            begin = at + LENGTH_BYTES
            end = begin + int.from_bytes(data[at:begin], "big")
            if end > len(data):
                break
            yield pickle.loads(data[begin:end])  # noqa: S301 - our own file
            at = end
        self._file.truncate(at)
