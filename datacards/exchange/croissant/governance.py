"""Where the data comes from and what may be done with it, as Croissant 1.1 tells it: PROV-O, and ODRL in `usageInfo`.

ODRL is an export: nothing here is evaluated. A term of a licence that is not known is not written, because an offer
that is silent forbids nothing and permits nothing, while a guessed one misleads a machine.
"""

from typing import Any

from datacards.cards.values import DAY
from datacards.exchange.croissant.table import licence_address
from datacards.exchange.described import Described, DescribedParent
from datacards.licenses import terms_of

OFFER = "#consentry-offer"
COLLECTION = "#consentry-collection"
PREPARATION = "#consentry-preparation"

# What a property of a licence is as an action: ODRL's common vocabulary takes these three from Creative Commons.
ACTIONS = {
    "commercial": ("cc:CommercialUse", "Commercial use"),
    "derivatives": ("cc:DerivativeWorks", "Works made from it"),
}


def provenance(described: Described) -> dict[str, Any]:
    """`prov:` members: parents with their licences, activities with agents, and who answers for it."""
    made: dict[str, Any] = {
        "prov:wasDerivedFrom": [derivation(parent) for parent in described.parents],
        "prov:wasGeneratedBy": _activities(described),
        "prov:wasAttributedTo": [_agent(name) for name in _agents(described)],
    }
    return {key: value for key, value in made.items() if value}


def derivation(parent: DescribedParent) -> dict[str, Any]:
    """A parent: an entity with its address, licence and relation, each where it is known."""
    made = {"@type": "prov:Entity", "name": parent.name, "url": parent.url, "license": _licence(parent.licence)}
    return {key: value for key, value in {**made, "card:relation": parent.relation}.items() if value}


def _licence(expression: str) -> str:
    return licence_address(expression) or expression


def _activities(described: Described) -> list[dict[str, Any]]:
    agents = [_agent(name) for name in _agents(described)]
    made: tuple[tuple[str, str, str, dict[str, str]], ...] = (
        (COLLECTION, "Collection", described.text("collection.method"), _period(described)),
        (PREPARATION, "Preparation", described.text("quality.transformations"), {}),
    )
    return [
        {
            "@type": "prov:Activity", "@id": id_, "prov:label": label,
            **({"description": text} if text else {}), **more,
            **({"prov:wasAssociatedWith": agents} if agents else {}),
        }
        for id_, label, text, more in made
        if text or more
    ]  # fmt: skip


def _period(described: Described) -> dict[str, str]:
    """The years, months or days in which the collection began and ended, as far as the card tells them exactly."""
    days = period(described.text("collection.period"))
    return {"prov:startedAtTime": days[0], "prov:endedAtTime": days[-1]} if days else {}


def period(text: str) -> list[str]:
    """The two ends of a period that a machine can read, such as 2025-03 to 2025-09 or 2025-03/2025-09; else none."""
    for between in (" to ", "/", " – ", " - "):
        parts = [part.strip() for part in text.split(between)]
        if len(parts) == 2 and all(DAY.fullmatch(part) for part in parts):
            return parts
    return [text] if DAY.fullmatch(text) else []


def _agents(described: Described) -> list[str]:
    publisher = described.publisher or described.text("authorship.publisher")
    return list(dict.fromkeys(name for name in (publisher, *described.creators) if name))


def _agent(name: str) -> dict[str, Any]:
    return {"@type": "prov:Agent", "prov:label": name}


def terms_of_use(described: Described) -> list[dict[str, Any]]:
    """`usageInfo`: the licence as an ODRL offer; none for a licence whose terms are not known."""
    terms = terms_of(described.licence) if described.licence else None
    if terms is None or not terms.recognised or terms.ambiguous:
        return []
    allowed = [(ACTIONS[key], getattr(terms, key)) for key in ACTIONS]
    permitted = [_rule("Permission", action) for action, value in allowed if value is True]
    prohibited = [_rule("Prohibition", action) for action, value in allowed if value is False]
    if terms.share_alike and permitted:
        permitted = [_with_duty(rule) for rule in permitted]
    return [_offer(described, permitted, prohibited)] if permitted or prohibited else []


def _rule(kind: str, action: tuple[str, str]) -> dict[str, Any]:
    return {"@type": f"odrl:{kind}", "odrl:action": {"@id": action[0], "name": action[1]}}


def _with_duty(rule: dict[str, Any]) -> dict[str, Any]:
    if rule["odrl:action"]["@id"] != "cc:DerivativeWorks":
        return rule
    share_alike = {"@id": "cc:ShareAlike", "name": "The same licence for works made from it"}
    return {**rule, "odrl:duty": {"@type": "odrl:Duty", "odrl:action": share_alike}}


def _offer(described: Described, permitted: list[dict[str, Any]], prohibited: list[dict[str, Any]]) -> dict[str, Any]:
    made = {
        "@type": ["CreativeWork", "odrl:Offer"],
        "@id": OFFER,
        "name": f"Terms of {described.licence}",
        "url": described.licence_url or licence_address(described.licence),
        "odrl:permission": permitted,
        "odrl:prohibition": prohibited,
    }
    return {key: value for key, value in made.items() if value}


def is_ours(value: Any) -> bool:
    """Something that this module wrote: it may be written anew, while what others wrote is kept as it is."""
    return isinstance(value, dict) and str(value.get("@id", "")).startswith("#consentry-")
