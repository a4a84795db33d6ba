"""A described revision as DCAT 3 in JSON-LD, as data portals harvest it (W3C, 22 August 2024). Out only."""

import re
from typing import Any

from datacards.exchange.croissant import governance
from datacards.exchange.croissant.table import licence_address, media_types
from datacards.exchange.croissant.write import facts
from datacards.exchange.described import Described, DescribedFile

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "prov": "http://www.w3.org/ns/prov#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "cc": "http://creativecommons.org/ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"
# A path of the card and the property that says the same.
TEXTS = {
    "collection.details": "dct:provenance",
    "use.access": "dct:accessRights",
}


def document(described: Described) -> dict[str, Any]:
    """The dataset with a distribution for each file; what the description does not say is left out."""
    told = facts(described)
    made = {
        "@context": CONTEXT,
        "@type": "dcat:Dataset",
        "@id": described.url,
        "dct:identifier": [described.text("maintenance.persistent_id"), described.name],
        "dct:title": told["name"],
        "dct:description": told["description"],
        "dct:issued": _moment(told["datePublished"]),
        "dct:modified": _moment(told["dateModified"]),
        "dcat:version": told["version"],
        "dcat:keyword": told["keywords"],
        "dct:language": [_language(code) for code in told["inLanguage"]],
        "dcat:landingPage": _link(described.url),
        "dct:license": licence(described),
        "dct:publisher": _agent(told["publisher"]),
        "dct:creator": [_agent(creator) for creator in _listed(told["creator"])],
        "dct:bibliographicCitation": told["cr:citeAs"],
        **{key: _statement(key, described.text(path)) for path, key in TEXTS.items()},
        "dct:source": [_parent(parent.name, parent.url, parent.licence) for parent in described.parents],
        "odrl:hasPolicy": [_policy(offer) for offer in governance.terms_of_use(described)],
        "dcat:distribution": [_distribution(described, file) for file in described.files],
    }
    return _filled(made)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _filled(made: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty; a list of one is that one."""
    lists = {key: [item for item in _listed(value) if item] for key, value in made.items() if isinstance(value, list)}
    flat = {key: items[0] if len(items) == 1 else items for key, items in lists.items()}
    return {key: value for key, value in {**made, **flat}.items() if value not in ("", [], {}, None)}


def _link(address: str) -> dict[str, str]:
    return {"@id": address} if re.match(r"https?://", address) else {}


def _moment(text: str) -> Any:
    """A date with its type: a moment, a day, a month or a year."""
    kind = "dateTime" if "T" in text else {4: "gYear", 7: "gYearMonth", 10: "date"}.get(len(text), "string")
    return {"@value": text, "@type": f"xsd:{kind}"} if text else None


def _language(code: str) -> Any:
    """The Library of Congress's address of a language of two letters, as DCAT asks; other codes as they are."""
    return {"@id": LANGUAGE + code} if re.fullmatch(r"[a-z]{2}", code) else code


def licence(described: Described) -> Any:
    """A licence document: by its address where there is one, else by its name."""
    address = described.licence_url or licence_address(described.licence)
    if _link(address):
        return {"@id": address, "@type": "dct:LicenseDocument", "dct:title": described.licence or address}
    return {"@type": "dct:LicenseDocument", "dct:title": described.licence} if described.licence else None


def _agent(agent: Any) -> Any:
    if not agent:
        return None
    kind = "foaf:Organization" if agent["@type"] == "sc:Organization" else "foaf:Agent"
    return {"@type": kind, "foaf:name": agent["name"]}


def _statement(key: str, text: str) -> Any:
    kind = "dct:ProvenanceStatement" if key == "dct:provenance" else "dct:RightsStatement"
    return {"@type": kind, "rdfs:label": text} if text else None


def _parent(name: str, address: str, expression: str) -> dict[str, Any]:
    made = {**_link(address), "@type": "dcat:Dataset", "dct:title": name, "dct:license": licence_address(expression)}
    return {key: value for key, value in made.items() if value}


def _policy(offer: dict[str, Any]) -> dict[str, Any]:
    """The offer of our Croissant, with names as labels: in DCAT no schema.org is in force."""
    made = _relabelled(offer)
    return {"@type": "odrl:Offer", **{key: value for key, value in made.items() if key != "@type"}}


def _relabelled(value: Any) -> Any:
    if isinstance(value, list):
        return [_relabelled(item) for item in value]
    if not isinstance(value, dict):
        return value
    words = {"name": "rdfs:label", "url": "dct:source"}
    return {words.get(key, key): _relabelled(item) for key, item in value.items()}


def _distribution(described: Described, file: DescribedFile) -> dict[str, Any]:
    media = media_types(file.format)
    return _filled(
        {
            "@type": "dcat:Distribution",
            "dct:title": file.name,
            "dcat:accessURL": _link(file.url or described.url),
            "dcat:downloadURL": _link(file.url),
            "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
            "dcat:mediaType": {"@id": MEDIA_TYPE + media[0]},
            "dcat:compressFormat": {"@id": MEDIA_TYPE + media[1]} if len(media) > 1 else None,
            "dct:license": licence(described),
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
            },
        }
    )
