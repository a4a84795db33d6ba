"""Arrays of numbers as text for JSON: their bytes, compressed, in base 64."""

import base64
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt


def packed(numbers: npt.NDArray[Any]) -> str:
    """The numbers as text."""
    return base64.b64encode(zlib.compress(numbers.tobytes(), 1)).decode()


def unpacked(text: str, kind: str) -> npt.NDArray[Any]:
    """What `packed` made; `kind` says how numbers are written, such as ``<u8``."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), kind)
