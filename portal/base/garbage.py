"""What the garbage collector looks through, for processes that load much and then answer many requests."""

from __future__ import annotations

import gc

# Objects of containers made before the youngest generation is looked through, and how often before an older one is.
_YOUNGEST, _OLDER, _OLDEST = 10_000, 20, 100


def keep_what_is_loaded() -> None:
    """Take all that is loaded by now out of the collector's sight, and let it look less often.

    Code, models and templates stay for as long as the process does; to look through them for what a request left behind
    took about a tenth of every page. Cycles that a request leaves are still found, a few requests later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST, _OLDER, _OLDEST)
