"""What a detector is shown: a candidate and its surroundings, cut out of one row."""

import re
from dataclasses import dataclass

WORD = re.compile(rb"[a-z\x80-\xff]+")
BEFORE = 48
AFTER = 20

# A number that directly follows one of these words is that thing's number, and not a person's.
_NUMBERED = (
    rb"order|invoice|acc(?:oun)?t|policy|ref(?:erence)?|ticket|tracking|shipment|parcel|claim|docket|serial|s/n|sku"
    rb"|isbn|issn|doi|pmid|pmcid|arxiv|patent|batch|flight|booking|confirmation|reservation|customer|membership"
    rb"|subscriber|contract|licen[cs]e|passport|permit|registration|vin|imei|routing|sort|zip|post(?:al)?code|pp"
    rb"|transaction|receipt|voucher|coupon|asin|upc|ean|gtin|uuid|guid|commit|bug|pid|user\s?id|id|bestellnummer"
    rb"|auftrag|rechnung|kunden|vertrag|commande|facture|dossier|pedido|factura|p(?:o|\xc3\xb3)liza|ordine|fattura"
    rb"|zaak|kvk|vat|ust|siret|siren"
)
# These are things' numbers only if a word or sign says "number".
_PERHAPS_NUMBERED = (
    rb"case|part|model|item|product|lot|member|page|pages|vol|chapter|section|figure|table|eq|employee|student|patient"
    rb"|task|job|issue|port|file|record|form|unit|room|bus"
)
_NUMBER = rb"(?:number|numbers|no|num|nr|nbr|nummer|num(?:e|\xc3\xa9)ro|id|code)"
_FILLER = rb"(?:is|was|of|with|under|your|my|for|the)"
_MARKS = rb"[\s:=\-(\"'.#\[]*"
VETO = re.compile(
    rb"(?:\b(?:" + _NUMBERED + rb")|\b(?:" + _PERHAPS_NUMBERED + rb")(?:\s*[#:]|\s+" + _NUMBER + rb"\b)|nummer)"
    rb"" + _MARKS + rb"(?:(?:" + _NUMBER + rb"|" + _FILLER + rb")\b" + _MARKS + rb"){0,4}$",
    re.IGNORECASE,
)  # fmt: skip
VERSION = re.compile(
    rb"\b(?:v|v8|version|ver|build|firmware|release|revision|rev|section|chapter|driver|kernel|upgrade to|oid"
    rb"|objectidentifier)[\s:=.(\"'-]*$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Window:
    """A candidate `text[start:end]` in its surroundings; `hints` are the words of the column's name."""

    text: bytes
    start: int
    end: int
    hints: frozenset[bytes] = frozenset()

    def cued(self, cues: frozenset[bytes], start: int, end: int, after: bool = True) -> bool:
        """A telling word stands before `text[start:end]` (or, unless told otherwise, after), or names the column."""
        if not self.hints.isdisjoint(cues):
            return True
        near = self.text[max(0, start - BEFORE) : start]
        if after:
            near += b"\n" + self.text[end : end + AFTER]
        return not cues.isdisjoint(WORD.findall(near.lower()))

    def vetoed(self, start: int) -> bool:
        """The words right before `start` say that something else is numbered here."""
        return VETO.search(self.text, max(0, start - BEFORE), start) is not None

    def versioned(self, start: int) -> bool:
        """The word right before `start` says that a version or a section is numbered here."""
        return VERSION.search(self.text, max(0, start - BEFORE), start) is not None
