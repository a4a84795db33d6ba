"""The text by which corpora are found; the database keeps it itself, so whoever writes a card cannot forget it."""

import re
from functools import reduce
from operator import or_
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField, TrigramWordSimilarity
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Upper

from datacards.models.corpus import Corpus

LONGEST = 200
OPERATORS = re.compile(r"""["]|(^|\s)-|(^|\s)or(\s|$)""", re.IGNORECASE)
CLOSEST = 5


class CorpusTextQuerySet(models.QuerySet["CorpusText"]):
    """Questions asked in words."""

    def matching(self, words: str) -> Self:
        """Rows whose name or title holds these letters, or whose texts hold these words.

        Words are taken as search engines take them: "a phrase", or, -not. English ones are found in any inflection.
        """
        letters = words.strip()[:LONGEST]
        return self.filter(Q(label__contains=_capitals(letters)) | Q(words=_query(letters))) if letters else self

    def best_first(self, words: str) -> Self:
        """The same rows: the one of that name, then those whose name or title holds it, then by the words' weight."""
        letters = words.strip()[:LONGEST]
        named = Case(
            When(corpus__name__iexact=letters, then=Value(2)),
            When(label__contains=_capitals(letters), then=Value(1)),
            default=Value(0),
        )
        return self.order_by(named.desc(), SearchRank(F("words"), _query(letters)).desc(), "corpus__name")

    def closest(self, words: str) -> Self:
        """Rows whose name or title has a word much like this one, for when nothing matches."""
        letters = _capitals(words.strip()[:LONGEST])
        near = self.annotate(likeness=TrigramWordSimilarity(letters, "label"))  # type: ignore[arg-type]  # takes expressions
        return near.filter(label__trigram_word_similar=letters).order_by("-likeness", "pk")[:CLOSEST]


def _capitals(letters: str) -> Upper:
    """As the database writes them: its capitals are not everywhere Python's."""
    return Upper(Value(letters))


def _query(words: str) -> SearchQuery:
    """In English and as written, since a card may be in any language; the last of plain words may be unfinished."""
    asked = [SearchQuery(words, config=config, search_type="websearch") for config in ("english", "simple")]
    plain = re.findall(r"\w+", words)
    if plain and not OPERATORS.search(words):
        asked.append(SearchQuery(" & ".join(plain) + ":*", config="simple", search_type="raw"))
    return reduce(or_, asked)


class CorpusText(models.Model):
    """What a corpus is found by, and the values that lists are narrowed down with."""

    corpus = models.OneToOneField(Corpus, on_delete=models.CASCADE, primary_key=True, related_name="text")
    label = models.TextField(help_text="Name and title in capitals.")
    words = SearchVectorField(help_text="Name and title weigh A, summary B, the newest card C.")
    languages = ArrayField(models.TextField(), default=list)
    modalities = ArrayField(models.TextField(), default=list)

    objects = CorpusTextQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="text_words"),
            GinIndex(OpClass("label", name="gin_trgm_ops"), name="text_label"),
            GinIndex(fields=["languages"], name="text_languages"),
            GinIndex(fields=["modalities"], name="text_modalities"),
        ]

    def __str__(self) -> str:
        return self.label.split("\n")[0]
