"""Descriptions of datasets in the shapes in which catalogues write them, made from the formats' specifications."""

from typing import Any

from datacards.exchange.contexts import BUNDLED

OLD = {
    "@language": "en", "@vocab": "https://schema.org/", "column": "ml:column",
    "data": {"@id": "ml:data", "@type": "@json"},
    "dataType": {"@id": "ml:dataType", "@type": "@vocab"}, "extract": "ml:extract", "field": "ml:field",
    "ml": "http://mlcommons.org/schema/", "recordSet": "ml:recordSet", "source": "ml:source", "sc": "https://schema.org/",
    "md5": "sc:md5", "key": "sc:key",
}  # fmt: skip
V1 = {key: item for key, item in BUNDLED.items() if key not in ("prov", "odrl", "cc", "dcat", "card", "containedIn")}
DIGEST = "c" * 64

SHAPES: dict[str, Any] = {
    "hub": {
        "@context": V1, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "birds", "description": "Songs of birds.", "alternateName": ["lab/birds", "Birds"],
        "creator": {"@type": "Organization", "name": "A Lab", "url": "https://huggingface.co/lab"},
        "keywords": ["audio", "mit", "🇺🇸 Region: US"], "license": "https://choosealicense.com/licenses/mit/",
        "url": "https://huggingface.co/datasets/lab/birds",
        "distribution": [
            {
                "@type": "cr:FileObject", "@id": "repo", "name": "repo", "description": "The repository.",
                "contentUrl": "https://huggingface.co/datasets/lab/birds/tree/refs%2Fconvert%2Fparquet",
                "encodingFormat": "git+https", "sha256": "https://example.org/why-no-digest",
            },
            {
                "@type": "cr:FileSet", "@id": "parquet-files-for-config-default", "containedIn": {"@id": "repo"},
                "encodingFormat": "application/x-parquet", "includes": "default/*/*.parquet",
            },
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet", "@id": "default", "name": "default", "key": {"@id": "default/song"},
                "field": [
                    {
                        "@type": "cr:Field", "@id": "default/song", "dataType": "sc:Text", "name": "song",
                        "source": {
                            "fileSet": {"@id": "parquet-files-for-config-default"}, "extract": {"column": "song"}
                        },
                    },
                    {
                        "@type": "cr:Field", "@id": "default/tags", "dataType": "sc:Text", "repeated": True,
                        "source": {
                            "fileSet": {"@id": "parquet-files-for-config-default"}, "extract": {"column": "tags"}
                        },
                    },
                ],
            }
        ],
    },
    "kaggle": {
        "@context": V1, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0", "name": "Birds",
        "alternateName": "", "description": "Songs of birds.", "isAccessibleForFree": True, "isLiveDataset": False,
        "includedInDataCatalog": {"@type": "sc:DataCatalog", "name": "Kaggle", "url": "https://www.kaggle.com"},
        "creator": {"@type": "sc:Person", "name": "Ada L", "url": "/ada", "image": "https://example.org/ada.png"},
        "publisher": {"@type": "sc:Organization", "name": "Kaggle", "url": "https://www.kaggle.com/organizations/kaggle"},
        "license": {
            "@type": "sc:CreativeWork", "name": "CC BY-SA 4.0", "url": "https://creativecommons.org/licenses/by-sa/4.0/"
        },
        "datePublished": "2026-02-03T04:05:06.789Z", "dateModified": "2026-02-04T00:00:00Z", "version": 1.10,
        "keywords": ["subject > animals", "birds"], "url": "https://www.kaggle.com/datasets/ada/birds/versions/1",
        "distribution": [
            {
                "@id": "archive.zip", "@type": "cr:FileObject", "name": "archive.zip", "contentSize": "1.5 MB",
                "contentUrl": "https://www.kaggle.com/api/v1/datasets/download/ada/birds", "md5": "q8zk",
                "encodingFormat": "application/zip",
            },
            {
                "@id": "songs.csv_fileobject", "@type": "cr:FileObject", "name": "songs.csv", "contentUrl": "songs.csv",
                "containedIn": {"@id": "archive.zip"}, "encodingFormat": "text/csv",
            },
        ],
        "recordSet": [],
    },
    "openml": {
        "@context": V1, "@type": "sc:Dataset", "conformsTo": ["http://mlcommons.org/croissant/1.0"], "name": "birds",
        "description": "Songs of birds.", "creator": [{"@type": "sc:Person", "name": "Ada"}, "Bob"], "version": 2,
        "license": "CC-BY-4.0", "inLanguage": ["en"], "citeAs": "@article{ada}", "dateCreated": "2014-04-06T23:19:20",
        "distribution": [
            {
                "@type": "cr:FileObject", "@id": "data-file", "contentUrl": "https://data.openml.org/birds.pq",
                "encodingFormat": "application/x-parquet", "md5": "9f0b",
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet", "@id": "data", "field": {
                    "@type": "cr:Field", "@id": "length", "dataType": "sc:Float",
                    "source": {"fileObject": {"@id": "data-file"}, "extract": {"column": "length"}},
                },
            }
        ],
    },
    "dataverse": {
        "@context": "http://schema.org", "@type": "Dataset", "@id": "https://doi.org/10.7910/DVN/X1",
        "identifier": "https://doi.org/10.7910/DVN/X1", "name": "birds", "description": "Songs of birds.",
        "creator": [
            {
                "@type": "Person", "givenName": "Ada", "familyName": "L", "name": "L, Ada",
                "affiliation": {"@type": "Organization", "name": "A Lab"}, "sameAs": "https://orcid.org/0000-0000-0000-0000",
            }
        ],
        "author": [{"@type": "Person", "name": "L, Ada"}], "datePublished": "2026-02-03", "version": "1",
        "keywords": ["Arts and Humanities", "birds"], "license": "http://creativecommons.org/publicdomain/zero/1.0",
        "temporalCoverage": ["2025-03-01/2025-09-30"], "citation": [{"@type": "CreativeWork", "text": "Ada 2026"}],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "A Dataverse", "url": "https://dataverse.example"},
        "publisher": {"@type": "Organization", "name": "A Dataverse"},
        "provider": {"@type": "Organization", "name": "A Dataverse"},
        "funder": [{"@type": "Organization", "name": "A Foundation"}],
        "distribution": [
            {
                "@type": "DataDownload", "name": "songs.tab", "encodingFormat": "text/tab-separated-values",
                "contentSize": 166, "contentUrl": "https://dataverse.example/api/access/datafile/1",
            }
        ],
    },
    "old": {
        "@context": OLD, "@type": "sc:Dataset", "name": "birds", "description": "Songs of birds.", "license": ["mit"],
        "url": "https://example.org/birds", "ml:dataBiases": "Mostly robins.", "ml:dataCollection": "In a park.",
        "distribution": [
            {
                "@type": "sc:FileObject", "name": "songs.csv", "contentUrl": "songs.csv", "encodingFormat": "text/csv",
                "sha256": DIGEST,
            }
        ],
        "recordSet": [
            {
                "@type": "ml:RecordSet", "name": "songs", "field": [
                    {
                        "@type": "ml:Field", "name": "song", "dataType": "sc:Text",
                        "source": {"distribution": "songs.csv", "extract": {"column": "song"}},
                    }
                ],
            }
        ],
    },
    "graph": {
        "@context": "https://schema.org/",
        "@graph": [
            {"@type": "WebPage", "@id": "https://example.org/page", "mainEntity": {"@id": "#birds"}},
            {"@type": "Organization", "@id": "#lab", "name": "A Lab"},
            {
                "@type": "Dataset", "@id": "#birds", "name": "birds", "description": "Songs of birds.",
                "creator": {"@id": "#lab"}, "publisher": {"@id": "#lab"}, "license": {"@id": "https://spdx.org/licenses/MIT"},
                "isBasedOn": ["https://example.org/parks", {"@type": "Dataset", "name": "Trees", "license": "CC0-1.0"}],
            },
        ],
    },
    "contexts": {
        "@context": ["https://schema.org", {"dct": "http://purl.org/dc/terms/", "lab": "https://lab.example/terms#"}],
        "@type": "Dataset", "name": "birds", "description": "Songs of birds.", "lab:habitat": {"@id": "lab:forest"},
        "dct:conformsTo": {"@id": "http://mlcommons.org/croissant/1.1"}, "license": "MIT",
    },
    "prefixed": {
        "@context": {"schema": "http://schema.org/", "croissant": "http://mlcommons.org/croissant/"},
        "@type": "schema:Dataset", "schema:name": "birds", "schema:description": "Songs of birds.",
        "schema:license": {"@id": "https://www.apache.org/licenses/LICENSE-2.0"}, "croissant:citeAs": "Ada 2026",
        "schema:keywords": "birds, songs , parks",
    },
    "expanded": [
        {
            "@type": ["http://schema.org/Dataset"], "http://schema.org/name": [{"@value": "birds"}],
            "http://schema.org/description": [
                {"@value": "Vogelgesang.", "@language": "de"}, {"@value": "Songs of birds.", "@language": "en"}
            ],
            "http://schema.org/license": [{"@id": "https://creativecommons.org/licenses/by/4.0/"}],
            "http://schema.org/version": [{"@value": "2", "@type": "http://www.w3.org/2001/XMLSchema#string"}],
        }
    ],
    "languages": {
        "@context": {
            **BUNDLED, "name": {"@id": "sc:name", "@container": "@language"}, "description": {"@container": "@language"}
        },
        "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": {"de": "Vögel", "en": "birds"}, "description": {"en": "Songs of birds.", "de-CH": "Gesang."},
        "inLanguage": [{"@type": "Language", "name": "German", "alternateName": "de"}, "fr"], "license": "MIT",
    },
    "aliases": {
        "@context": ["https://schema.org", {"id": "@id", "type": "@type"}], "type": "Dataset", "id": "urn:birds",
        "name": "birds", "description": "Songs of birds.", "creator": {"@list": ["Ada", "Bob"]},
        "identifier": {"type": "PropertyValue", "propertyID": "DOI", "value": "10.5281/zenodo.1"},
        "license": ["MIT", "CC0-1.0"],
        "variableMeasured": [{"type": "PropertyValue", "name": "length"}, "pitch"],
    },
}  # fmt: skip
