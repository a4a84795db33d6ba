"""Croissant 1.1 with its vocabulary for responsible AI (RAI 1.0), PROV and ODRL: in and out. Pure."""

from datacards.exchange.croissant.checks import problems
from datacards.exchange.croissant.imported import Imported
from datacards.exchange.croissant.read import read
from datacards.exchange.croissant.write import document, write

__all__ = ["Imported", "document", "problems", "read", "write"]
