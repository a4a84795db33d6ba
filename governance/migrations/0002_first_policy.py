"""The policy that decides until an admin writes another."""

import hashlib
import json
from pathlib import Path

from django.db import migrations
from django.utils import timezone

RULES = Path(__file__).resolve().parent.parent / "policies" / "open_release.json"


def add_policy(apps, schema_editor):
    rules = json.loads(RULES.read_text(encoding="utf-8"))
    canonical = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    policy = apps.get_model("governance", "Policy").objects.create(
        slug="open-release", title=rules["title"], is_default=True
    )
    apps.get_model("governance", "PolicyVersion").objects.create(
        policy=policy, number=1, rules=rules, digest=hashlib.sha256(canonical.encode()).hexdigest(),
        activated_at=timezone.now(),
    )


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [migrations.RunPython(add_policy, migrations.RunPython.noop)]
