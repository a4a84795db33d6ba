"""What a detector is shown: a candidate and its surroundings, cut out of one row."""

import re
from dataclasses import dataclass

WORD = re.compile(rb"[a-z\x80-\xff]+")
BEFORE = 48
AFTER = 20

# A number that directly follows one of these words is that thing's number, and not a person's.
VETO = re.compile(
    rb"(?:\b(?:order|invoice|acc(?:oun)?t|policy|ref(?:erence)?|ticket|tracking|shipment|parcel|case|claim|docket"
    rb"|serial|s/n|part|model|item|sku|product|isbn|issn|doi|pmid|pmcid|arxiv|patent|version|ver|build|firmware"
    rb"|release|batch|lot|flight|booking|confirmation|reservation|customer|member|membership|subscriber|contract"
    rb"|licen[cs]e|passport|permit|registration|vin|imei|routing|sort|zip|post(?:al)?code|page|pages|pp|vol|chapter"
    rb"|section|figure|table|eq|employee|student|patient|transaction|receipt|voucher|coupon|asin|upc|ean|gtin|uuid"
    rb"|guid|commit|revision|rev|job|task|bug|issue|port|pid|user\s?id|id|bestellnummer|auftrag|rechnung|kunden"
    rb"|vertrag|commande|facture|dossier|pedido|factura|p(?:o|\xc3\xb3)liza|ordine|fattura|zaak|kvk|vat|ust|siret|siren)"
    rb"|nummer)"
    rb"[\s#:=\-(\"'.\[]*"
    rb"(?:(?:number|numbers|no|num|nr|nbr|nummer|num(?:e|\xc3\xa9)ro|id|code|is|was|of|with|under|your|my|for|the)"
    rb"\b[\s#:=\-(\"'.]*){0,4}$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Window:
    """A candidate `text[start:end]` in its surroundings; `hints` are the words of the column's name."""

    text: bytes
    start: int
    end: int
    hints: frozenset[bytes] = frozenset()

    def cued(self, cues: frozenset[bytes], start: int, end: int) -> bool:
        """A telling word stands near `text[start:end]`, or names the column."""
        if not self.hints.isdisjoint(cues):
            return True
        near = self.text[max(0, start - BEFORE) : start].lower() + b"\n" + self.text[end : end + AFTER].lower()
        return not cues.isdisjoint(WORD.findall(near))

    def vetoed(self, start: int) -> bool:
        """The words right before `start` say that something else is numbered here."""
        return VETO.search(self.text[max(0, start - BEFORE) : start]) is not None
