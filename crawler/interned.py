"""Sets of signals as rows, each set once."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from crawler.models import SignalSet

READER = 1  # version of what crawler.channels makes of a document; a higher one makes stored sets stale

Told = tuple[dict[str, Any], ...]


def digest(told: Told) -> str:
    """SHA-256 of the canonical JSON of signals in canonical order, in hex."""
    return hashlib.sha256(_canonical(told).encode()).hexdigest()


def signal_sets(wanted: Iterable[Told]) -> dict[str, int]:
    """Ids of the sets with these signals by digest, made where they are new."""
    by_digest = {digest(told): told for told in wanted}
    known = SignalSet.objects.filter(reader=READER)
    found = dict(known.filter(digest__in=by_digest).values_list("digest", "id"))
    missing = [
        SignalSet(digest=key, reader=READER, signals=list(by_digest[key])) for key in sorted(by_digest.keys() - found)
    ]
    if missing:
        SignalSet.objects.bulk_create(missing, ignore_conflicts=True)
        found |= dict(known.filter(digest__in=[row.digest for row in missing]).values_list("digest", "id"))
    return found


def _canonical(told: Told) -> str:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
