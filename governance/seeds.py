"""The policy that decides until an admin writes another."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.utils import timezone

SHIPPED = Path(__file__).parent / "policies" / "open_release.json"


def canonical_digest(rules: dict[str, Any]) -> str:
    """SHA-256 of a policy's canonical JSON."""
    canonical = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def add_shipped_policy(policies: Any, versions: Any) -> None:
    """Store the shipped policy as the default one, where there is none (also called by the migration)."""
    if policies.objects.exists():
        return
    rules = json.loads(SHIPPED.read_text(encoding="utf-8"))
    policy = policies.objects.create(slug="open-release", title=rules["title"], is_default=True)
    versions.objects.create(
        policy=policy, number=1, rules=rules, digest=canonical_digest(rules), activated_at=timezone.now()
    )
