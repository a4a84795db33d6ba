"""The API with all its families, mounted at /api/v1/."""

from governance.api import (
    cards,
    changes,
    claims,
    consent,
    corpora,
    decisions,
    document,
    domains,
    lineage,
    overtime,
    people,
    runs,
    sayings,
    schedules,
    subscriptions,
    terms,
    weighing,
)  # fmt: skip
from governance.api.service import Service, StrictParser, handle_errors

VERSION = "1"

api = Service(
    title=document.TITLE,
    version=VERSION,
    description=document.ABOUT,
    urls_namespace="api",
    docs_url=None,
    parser=StrictParser(),
)
handle_errors(api)
for family in (
    corpora, runs, cards, claims, lineage, consent, overtime, weighing, domains, changes, schedules, subscriptions,
    sayings, terms, decisions, people,
):  # fmt: skip
    api.add_router("", family.router)
