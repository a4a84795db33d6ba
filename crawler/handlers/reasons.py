"""Why no answer came, in words that evidence may hold."""

import re

LATE = "no complete answer in time"
BROKEN = "the answer broke off"


def cause(error: BaseException) -> str:
    """The innermost known cause, without addresses in memory or tracebacks."""
    while error.__cause__ is not None:
        error = error.__cause__
    told = re.sub(r"<[^>]*>|[\0\ud800-\udfff]", "", str(error))
    return " ".join(told.split())[:200] or type(error).__name__
