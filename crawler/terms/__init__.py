"""Terms of service: what they say of scraping, of AI training, of commercial use and of passing on, and where."""

from crawler.terms.reading import classify
from crawler.terms.verdict import Clause, Kind, PaperClass, TermsVerdict, Verdict

__all__ = ["Clause", "Kind", "PaperClass", "TermsVerdict", "Verdict", "classify"]
