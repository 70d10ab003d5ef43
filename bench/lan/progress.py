"""What nodes hold of a blob at this moment, by the journals of their partial files (see RangeJournal)."""
import os
import struct
import threading
import time

RECORD = 32


class Journal:
    """Reads what was added since the last look."""

    def __init__(self, node, etag, size):
        self.node, self.etag, self.size = node, etag, size
        self.ranges, self._at, self.complete = [], RECORD, False

    def held(self):
        """Bytes; all of them once the blob has its name."""
        self.complete = self.complete or os.path.exists(self.node.blob(self.etag))
        if self.complete:
            return self.size
        try:
            with open(self.node.journal(self.etag), "rb") as file:
                if os.fstat(file.fileno()).st_size < self._at:
                    self.ranges, self._at = [], RECORD  # The bytes were thrown away.
                file.seek(self._at)
                news = file.read()
        except FileNotFoundError:
            return sum(end - start for start, end in self.ranges)
        for at in range(0, len(news) - RECORD + 1, RECORD):
            start, length = struct.unpack_from("<qI", news, at)
            self.ranges.append((start, start + length))
            self._at += RECORD
        return sum(end - start for start, end in self.ranges)


def together(journals):
    """Bytes that at least one of them holds."""
    if any(journal.complete for journal in journals):
        return journals[0].size
    covered, reached = 0, 0
    for start, end in sorted(part for journal in journals for part in journal.ranges):
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    return covered


class Watch:
    """Looks at all journals ten times a second; strikes once when the moment has come, and measures pauses from then on."""

    def __init__(self, journals, moment, strike):
        self.journals, self.moment, self.strike = journals, moment, strike
        self.struck_at, self.struck, self.longest = None, None, 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _run(self):
        held, moved = {}, {}
        while not self._end.wait(0.1):
            now = time.monotonic()
            for journal in self.journals:
                bytes_held = journal.held()
                if self.struck_at and journal.node.alive and held.get(journal, 0) < journal.size:
                    self.longest = max(self.longest, now - max(moved.get(journal, now), self.struck_at))
                if bytes_held != held.get(journal):
                    held[journal], moved[journal] = bytes_held, now
            if self.struck_at is None and self.moment(self.journals, held):
                self.struck = self.strike()
                self.struck_at = time.monotonic()
