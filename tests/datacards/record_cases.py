"""Records of datasets as a register might keep them, for tests."""

import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa


def record(name: str = "quotes", **more: Any) -> dict[str, Any]:
    """A record in the register's own words; `more` replaces members, with _ for a space."""
    told = {
        "Unique Dataset Identifier": name, "Dataset Name": name.capitalize(), "Collection": "Sayings",
        "Languages": ["English"], "Licenses": [{"License": "MIT License", "License URL": "https://example.org/l"}],
        "License Verified By": "Vera", "License Notes": "Read in the repository.", "_modality": "text",
        "Inferred Metadata": {
            "HF Yaml License": "CC BY-NC 4.0", "HF Dataset": f"acme/{name}", "HF Likes (May 2024)": 3,
        },
        "Hugging Face URL": f"https://huggingface.co/datasets/acme/{name}",
        "Text Sources": ["wiki.example.org", "people"],
    }  # fmt: skip
    return told | more


def lines(*records: dict[str, Any]) -> bytes:
    """Records as lines of JSON."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in records)


def written(path: Path, *records: dict[str, Any]) -> Path:
    """A file of records, compressed as its ending says."""
    packed: dict[str, Callable[[bytes], bytes]] = {".xz": lzma.compress, ".gz": gzip.compress, ".zst": _zstd}
    path.write_bytes(packed.get(path.suffix, bytes)(lines(*records)))
    return path


def _zstd(plain: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(plain, asbytes=True))
