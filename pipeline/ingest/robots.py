"""What a site lets programs read: its robots.txt (RFC 9309)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from protego import Protego

AGENT = "onrecord"
"""The name a robots.txt may address us by."""

LIFETIME = timedelta(hours=24)
"""How long the rules may be used before they are asked for again (RFC 9309, 2.4)."""

MAX_BYTES = 512_000
"""How much of a robots.txt is read (RFC 9309, 2.5: at least 500 KiB)."""

MAX_DELAY_SECONDS = 60.0
"""More than this a site cannot make a run wait between two requests."""


@dataclass(frozen=True)
class Rules:
    """The rules of one site.

    Attributes:
        text: its robots.txt; empty if it has none, so that everything may be read.
        read_at: when that was fetched.
    """

    text: str
    read_at: datetime

    @cached_property
    def _parsed(self) -> Protego:
        return Protego.parse(self.text)

    def allow(self, url: str) -> bool:
        """Return whether `url` may be fetched."""
        return bool(self._parsed.can_fetch(url, AGENT))

    @property
    def delay_seconds(self) -> float:
        """The pause between two requests the site asks for, seconds, within bounds."""
        return min(self._parsed.crawl_delay(AGENT) or 0.0, MAX_DELAY_SECONDS)

    def fresh(self, now: datetime) -> bool:
        """Return whether the rules may still be used without asking again."""
        return now - self.read_at < LIFETIME
