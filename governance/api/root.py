"""The API with all its families, mounted at /api/v1/."""

from governance.api import (
    card_reviews,
    cards,
    changes,
    claims,
    consent,
    corpora,
    datasets,
    decisions,
    document,
    domains,
    exchange,
    licences,
    lineage,
    overtime,
    parents,
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
    corpora, runs, cards, card_reviews, exchange, claims, lineage, consent, overtime, weighing, domains, changes,
    schedules, subscriptions, sayings, terms, datasets, parents, licences, decisions, people,
):  # fmt: skip
    api.add_router("", family.router)
