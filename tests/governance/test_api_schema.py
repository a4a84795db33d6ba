"""schemathesis asks every operation with thousands of good and bad requests: no 5xx, and every answer as documented.

`FUZZ_EXAMPLES=500 pytest tests/governance/test_api_schema.py` asks that often per operation; the suite asks less.
"""

import contextlib
import os
import uuid
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis.core.parameters import ParameterLocation

from datacards.models import ParentMention
from governance import card_acts, sealing, tokens
from governance.subscription_models import Subscription
from governance.wsgi import application
from tests.factories import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
WATCHED = True

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
config = schemathesis.Config.from_dict(
    {
        "generation": {"deterministic": True, "with-security-parameters": False},
        "checks": {
            # A text may be no cursor, a name taken, a version gone: the schema cannot say so.
            "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "403", "404", "409", "412", "422", "428"]},
            "negative_data_rejection": {
                "expected-statuses": ["400", "403", "404", "405", "409", "412", "415", "422", "428"]
            },
        },
    }
)


def served(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application as a server runs it: every answer is read to its end and closed."""
    answer = application(environ, start_response)
    with contextlib.closing(answer):
        return [b"".join(answer)]


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served, config=config)


@pytest.fixture(scope="module")
def bearer(world: World) -> str:
    """An admin's token that may do everything."""
    ends_at = timezone.now() + timedelta(days=1)
    return tokens.make(world.admin, name="fuzz", scopes=["admin"], ends_at=ends_at)[1]


@pytest.fixture(scope="module")
def real(world: World) -> dict[str, Any]:
    """Path parameter → one that exists, so that requests get past 404."""
    spare, _ = tokens.make(world.admin, name="spare", scopes=["read"], ends_at=timezone.now() + timedelta(days=1))
    assert world.decision
    assert world.watched
    assert world.dataset
    mine = Subscription.objects.create(person=world.admin, way="webhook", name="x", secret=sealing.seal("whsec_"))
    return {
        "schedule_id": str(world.watched.schedule.pk), "group_id": str(world.watched.group.pk),
        "subscription_id": str(mine.pk), "message_id": str(mine.messages.create(state="given-up").pk),
        "corpus_id": str(world.blocked.pk), "parent_id": str(world.approved.pk), "number": 1, "name": "news.example",
        "run_id": str(world.runs["failed"].pk), "change_id": str(world.change.pk), "slug": "open-release",
        "decision_id": str(world.decision.pk), "username": "rita", "token_id": str(spare.pk),
        "audit_id": str(_newest_audit(world)), "note_id": card_acts.ask(world.approver, world.blocked, text="Why?").pk,
        "dataset_id": str(world.dataset.pk), "licence_id": "CC-BY-4.0",
        "mention_id": ParentMention.objects.filter(state="open")[0].pk,
    }  # fmt: skip


def _newest_audit(world: World) -> uuid.UUID:
    from audits.models import Audit

    return Audit.objects.of(world.blocked.revision).values_list("pk", flat=True)[0]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The requests see the transaction of the test, as those of Django's own test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def unhurried(settings: Any) -> None:
    """The rate of a token is not what is asked here."""
    settings.CONSENTRY_API_RATE = 10**9


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
def test_every_operation_answers_as_documented(case: Any, bearer: str, real: dict[str, Any]) -> None:
    if not case.meta.is_negative_at(ParameterLocation.PATH) and zlib.crc32(str(case.path_parameters).encode()) % 4:
        case.path_parameters.update({name: real[name] for name in case.path_parameters})
    case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"})
