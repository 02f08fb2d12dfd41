"""How long one has to wait after failed logins, for each address and each name. Knows neither; they are just keys."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["FREE", "LONGEST", "Lockout"]

FREE = 4
"""Attempts that may fail before the next has to wait."""

LONGEST = 900.0
"""Seconds. No longer, because a stranger's attempts keep the name's owner waiting too."""

_FORGOTTEN = 24 * 3600.0  # seconds after the last failure
_MOST = 10_000  # keys; the one that has been quiet for longest leaves first


@dataclass(slots=True)
class _Failures:
    count: int = 0
    until: float = 0.0  # when the next attempt is looked at
    last: float = 0.0


class Lockout:
    """Counts failures by key. After `FREE` of them each one doubles the wait, from 2 seconds to `LONGEST`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def attempt(self, *keys: str) -> float:
        """0 where an attempt may go on, or how many seconds it has to wait, which then does not count.

        One that may go on counts as failed until `succeeded`: so that many at once are not all let through.
        """
        now = self._clock()
        waits = [self._failures[key].until - now for key in keys if key in self._failures]
        if waits and max(waits) > 0:
            return max(waits)
        for key in keys:
            failures = self._failures.setdefault(key, _Failures())
            if now > failures.last + _FORGOTTEN:
                failures.count = 0
            failures.count, failures.last = failures.count + 1, now
            if failures.count > FREE:
                failures.until = now + min(2.0 ** min(failures.count - FREE, 20), LONGEST)
            self._failures.move_to_end(key)
        while len(self._failures) > _MOST:
            self._failures.popitem(last=False)
        return 0.0

    def succeeded(self, *keys: str) -> None:
        """Forget the failures of these keys."""
        for key in keys:
            self._failures.pop(key, None)
