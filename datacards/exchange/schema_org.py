"""A described revision as a schema.org Dataset, which search engines read in a public page. Out only.

Shorter than the Croissant document beside it: no columns, no policies, and of many files only the first ones.
"""

from typing import Any

from datacards.exchange.croissant.table import licence_address, media_types
from datacards.exchange.croissant.write import facts
from datacards.exchange.described import Described, DescribedFile, DescribedParent

MAX_FILES = 50
CONTEXT = "https://schema.org/"


def document(described: Described) -> dict[str, Any]:
    """The dataset as a search engine takes it; what the description does not say is left out."""
    told = {key: value for key, value in facts(described).items() if ":" not in key}
    made = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": described.url,
        **{key: _bare(value) for key, value in told.items()},
        "identifier": described.text("maintenance.persistent_id"),
        "conditionsOfAccess": described.text("use.access"),
        "temporalCoverage": described.text("collection.period").replace(" to ", "/"),
        "creditText": described.citation or described.text("publication.citation"),
        "isBasedOn": [_parent(parent) for parent in described.parents],
        "distribution": [_download(file) for file in list(described.files)[:MAX_FILES]],
    }
    return {key: value for key, value in made.items() if value not in ("", [], {}, None)}


def _bare(value: Any) -> Any:
    """Types without the prefix that Croissant's context gives them."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: str(item).removeprefix("sc:") if key == "@type" else item for key, item in value.items()}
    return value


def _parent(parent: DescribedParent) -> dict[str, Any]:
    licence = licence_address(parent.licence) or parent.licence
    made = {"@type": "Dataset", "name": parent.name, "url": parent.url, "license": licence}
    return {key: value for key, value in made.items() if value}


def _download(file: DescribedFile) -> dict[str, Any]:
    made = {
        "@type": "DataDownload", "name": file.name, "contentUrl": file.url, "contentSize": f"{file.size} B",
        "encodingFormat": media_types(file.format)[0], "sha256": file.sha256,
    }  # fmt: skip
    return {key: value for key, value in made.items() if value}
