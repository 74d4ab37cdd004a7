"""What a job is handed when a test calls it directly."""

import uuid

from core.jobs import Progress


class Silent(Progress):
    """Progress that nobody follows; it keeps what was reported."""

    def __init__(self) -> None:
        super().__init__(job_id=0, token=uuid.uuid4())
        self.said: list[tuple[int, int, str]] = []

    def report(self, done: int, total: int, note: str = "") -> None:
        """Keep what was said."""
        self.said.append((done, total, note))
