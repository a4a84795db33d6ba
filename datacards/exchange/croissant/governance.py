"""Where the data comes from and what may be done with it, as Croissant 1.1 tells it: PROV-O, and ODRL in `usageInfo`.

ODRL is an export: nothing here is evaluated. A term of a licence that is not known is not written, because an offer
that is silent forbids nothing and permits nothing, while a guessed one misleads a machine.
"""

from collections.abc import Callable, Sequence
from typing import Any

from datacards.cards.values import DAY
from datacards.exchange.croissant.table import licence_address
from datacards.exchange.described import Described, DescribedParent
from datacards.licenses import Terms, terms_of

OFFER = "#consentry-offer"
COLLECTION = "#consentry-collection"
PREPARATION = "#consentry-preparation"

Action = tuple[str, str]  # its id, and its name
USE: Action = ("odrl:use", "Any use")
COMMERCIAL: Action = ("cc:CommercialUse", "Commercial use")
DERIVATIVES: Action = ("cc:DerivativeWorks", "Works made from it")
SHARE_ALIKE: Action = ("cc:ShareAlike", "The same licence for works made from it")
TRAINING: Action = ("card:training", "Training a model")
OUTPUTS: Action = ("card:outputs", "What a model vendor's terms forbid to do with its models' outputs")
DUTIES: tuple[tuple[str, Action], ...] = (
    ("attribution", ("cc:Attribution", "Credit to the licensor")),
    ("notice", ("cc:Notice", "Notices of copyright and licence kept")),
)


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
    told = [(action, allowed(terms)) for action, allowed in RULES]
    duties = [duty for component, duty in DUTIES if terms.vector.told(component) == "yes"]
    permitted = [_permission(action, duties, terms) for action, value in told if value is True]
    prohibited = [_rule("Prohibition", action) for action, value in told if value is False]
    return [_offer(described, permitted, prohibited)] if permitted or prohibited else []


def _without_terms(terms: Terms) -> bool | None:
    """Commercial use; with terms that no rule here could tell, nothing is said."""
    return None if terms.use == "commercial with terms" else terms.commercial


def _training(terms: Terms) -> bool | None:
    return {"allowed": True, "prohibited": False}.get(terms.vector.told("training"))


def _outputs(terms: Terms) -> bool | None:
    """False where a vendor's terms forbid to build models that compete with its own from what its models wrote."""
    return False if terms.vector.many("outputs").names else None


# What ODRL has no word for is named among our own, beside what its vocabulary takes from Creative Commons.
RULES: tuple[tuple[Action, Callable[[Terms], bool | None]], ...] = (
    (USE, lambda terms: False if terms.use == "none" else None),
    (COMMERCIAL, _without_terms),
    (DERIVATIVES, lambda terms: terms.derivatives),
    (TRAINING, _training),
    (OUTPUTS, _outputs),
)


def _permission(action: Action, duties: Sequence[Action], terms: Terms) -> dict[str, Any]:
    """A permission with what is asked in return."""
    asked = [*duties, *([SHARE_ALIKE] if action == DERIVATIVES and terms.share_alike else [])]
    rule = _rule("Permission", action)
    if asked:
        made = [{"@type": "odrl:Duty", "odrl:action": {"@id": id_, "name": name}} for id_, name in asked]
        rule["odrl:duty"] = made[0] if len(made) == 1 else made
    return rule


def _rule(kind: str, action: Action) -> dict[str, Any]:
    return {"@type": f"odrl:{kind}", "odrl:action": {"@id": action[0], "name": action[1]}}


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
