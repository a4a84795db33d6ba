"""Plain English with an exact number of tokens, the same on every machine.

A token is a match of `\\w+`, as everywhere in Consentry. A template is as long as it looks: no slot takes
more than one word, and no word holds a hyphen or an apostrophe.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from types import MappingProxyType

SUBJECTS = MappingProxyType(
    {
        "sea": "harbour pilot ferry tide lighthouse quay sailor trawler chart current gull anchor buoy wharf "
        "skipper estuary breakwater compass mooring rudder storm channel dinghy cargo island",
        "kitchen": "baker oven loaf recipe kettle market orchard cellar spoon broth dough pantry harvest butter "
        "pepper grocer stove basket vinegar mill barley onion cook table supper",
        "garden": "gardener hedge seedling compost greenhouse meadow bee pond trellis orchard soil frost mulch "
        "rake blossom willow lawn beetle nursery path spade shed pear fern allotment",
        "railway": "signal platform guard tunnel viaduct timetable engine carriage driver junction ticket bridge "
        "sleeper whistle depot freight stationmaster line siding passenger branch valley lamp brake crew",
        "sky": "telescope comet observer meteor eclipse dome lens orbit planet catalogue shadow winter cloud moon "
        "star evening mirror calendar sunrise equinox horizon season measurement notebook astronomer",
    }
)
SLOTS = MappingProxyType(
    {
        "a": "quiet narrow careful northern wooden distant small bright patient heavy local plain steady broken "
        "curious modest busy familiar weathered forgotten",
        "v": "watched measured repaired described remembered followed carried counted crossed opened reached kept "
        "changed visited recorded",
        "w": "yesterday today again slowly together twice often rarely afterwards gradually quietly finally usually "
        "sometimes eventually",
    }
)
TEMPLATES = (
    "The {a} {s} {v}",
    "Nobody {v} the {s}",
    "The {s} {v} the {s}",
    "Each {s} {v} the {a} {s}",
    "The {s} {v} the {s} {w}",
    "In spring the {a} {s} {v} {w}",
    "We {v} the {a} {s} and the {s}",
    "One {s} {v} what the {a} {s} {v}",
    "{W} the {s} {v} a {a} {s} near the {s}",
    "Visitors say that the {s} {v} every {a} {s} {w}",
    "Where the {s} ends a {a} {s} {v} the {s} {w}",
    "After the {s} the people of the town {v} the {a} {s}",
    "A {a} {s} is worth more than a {a} {s} without a {s}",
    "It takes a {a} {s} and a {a} {s} to understand one {s} {w}",
)
SHORTEST = 4


def _by_length(templates: Sequence[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for template in templates:
        found[len(template.split())].append(template)
    return found


_TEMPLATES = _by_length(TEMPLATES)
_WORDS = {slot: words.split() for slot, words in SLOTS.items()}


def document(seed: str, tokens: int, subject: str = "sea") -> str:
    """Prose of exactly `tokens` tokens (at least 4) on a subject of `SUBJECTS`; equal seeds give equal prose."""
    if tokens < SHORTEST:
        raise ValueError(f"a sentence has at least {SHORTEST} tokens, not {tokens}")
    dice = random.Random(seed)  # noqa: S311 - reproducible prose, not a secret
    nouns = SUBJECTS[subject].split()
    sentences = []
    while tokens:
        length = dice.choice(_lengths(tokens))
        sentences.append(_sentence(dice.choice(_TEMPLATES[length]), nouns, dice))
        tokens -= length
    return " ".join(sentences)


def _lengths(left: int) -> list[int]:
    """The sentence lengths after which what is left is nothing or still a sentence."""
    return [n for n in _TEMPLATES if n == left or left - n >= SHORTEST]


def _sentence(template: str, nouns: list[str], dice: random.Random) -> str:
    words = []
    for word in template.split():
        if not word.startswith("{"):
            words.append(word)
        elif word == "{s}":
            words.append(dice.choice(nouns))
        else:
            words.append(dice.choice(_WORDS[word[1].lower()]))
    return " ".join(words).capitalize() + "."
