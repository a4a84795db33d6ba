"""What each language calls the things that terms of service speak of.

A pattern is matched against text in small letters and plain punctuation (`crawler.terms.text.shadow`). Every gap in a
pattern is bounded, so that reading stays linear in the text.
"""

import re
from collections import Counter
from dataclasses import dataclass, fields
from functools import cache

from crawler.terms.words import de, en, es, fr

Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """One language's patterns by meaning."""

    ban: Pattern  # words that rule out what follows, or what they follow in `ban_after`
    decrees: Pattern  # the operator's own words for forbidding
    ban_after: Pattern
    lacking: Pattern  # what comes after it is what only a consent would permit
    grant: Pattern  # words that permit what follows
    grant_after: Pattern  # words that permit what they follow
    unless: Pattern  # right before a grant or a ban: it is an exception or a condition, and neither permits nor forbids
    reader: Pattern  # whoever reads the terms, as the one who acts
    ours: Pattern  # the operator as the one who acts
    given: Pattern  # the reader gives rights to the operator
    tells: Pattern  # a negation that tells how things are, where nobody is told to do so
    being: Pattern  # a negation that tells what somebody is
    choice: Pattern  # what is permitted is a say in what the operator does
    strict: Pattern  # a heading that rules out what stands below
    only: Pattern  # a permission for some, or with a condition
    provided: Pattern  # a permission with a condition beyond obeying the terms
    scrape: Pattern  # copying by machine, whatever the words around
    robot: Pattern  # programs made for it
    tool: Pattern  # programs that may serve it
    take: Pattern  # what one does with a tool to have the content
    reach: Pattern  # what one does with a tool that may be copying
    elsewhere: Pattern  # what bots are banned for besides
    heeding: Pattern  # a ban only of what robots.txt or marks do not permit, or for some purposes
    fraud: Pattern  # bots that feign readers, and machines that look elsewhere
    automatic: Pattern  # what programs do by themselves, which is no permission for programs
    people: Pattern  # data on persons
    stock: Pattern  # what a site has that is no personal data
    gather: Pattern  # collecting, also by hand
    holdings: Pattern  # what a site has
    engines: Pattern  # search engines and archives
    train: Pattern  # making models, with nothing else needed
    tune: Pattern  # making models of one's own with the operator's product
    make: Pattern  # making anything
    ai: Pattern  # what is made
    own_models: Pattern  # the operator's models
    model: Pattern  # words for models that may mean others
    rival_models: Pattern  # a ban of models that compete, which leaves the others
    inner: Pattern  # the operator's own models as the object
    output: Pattern  # what the site's own models generate
    some: Pattern  # only a part of the content, or only an effect, is spoken of
    yours: Pattern  # what readers have put there themselves
    actor: Pattern  # the reader, where it can be nobody else
    reserve: Pattern  # rights reserved under the text-and-data-mining exception
    reserved: Pattern
    private: Pattern  # use for oneself only
    solely: Pattern  # it is no example of what is permitted, but all of it
    business: Pattern  # commercial use
    licence: Pattern  # a permission's words
    brand: Pattern  # marks and logos
    pass_on: Pattern  # handing out copies
    done: Pattern  # a participle, which forbids nothing unless
    passive: Pattern  # the sentence is passive
    copying: Pattern  # beside words for scraping it is no passing on
    whole: Pattern  # the operator's things as the object of handing out
    bad: Pattern  # content that nobody may post: not the operator's
    compete: Pattern
    rival: Pattern  # things made to compete

    @property
    def hints(self) -> tuple[Pattern, ...]:
        """What a sentence must have to be read at all."""
        return (
            *(self.scrape, self.robot, self.tool, self.gather, self.train, self.ai, self.reserve, self.engines),
            *(self.private, self.business, self.pass_on, self.compete),
        )


_NOTHING = r"(?!)"
_WORDS = {"de": de.WORDS, "en": en.WORDS, "es": es.WORDS, "fr": fr.WORDS}
_FUNCTION_WORDS = {
    "en": "the of and to in you that or for is not by this with be are our any will your",
    "de": "der die das und ist nicht von zu den mit für sie des dem auf eine oder werden im bei",
    "fr": "le la les et des du est que dans pour une par sur vous au ne aux ou nos sont",
    "es": "el los las del que en un por con para una su al es se no usted sus lo como",
    "it": "il di che e la per un del non della con si gli dei alla nel sono le delle",
    "pt": "o os de que e do da em um para com não uma dos das no na ao você pelo",
    "nl": "de het een van en in is dat op te zijn voor met niet u aan door of om bij",
    "pl": "i w na z do nie się jest oraz przez lub od za dla usługi po ich może jego",
    "sv": "och att det som en på är av för med inte den till du om ett kan eller ska",
}


def supported() -> tuple[str, ...]:
    """The languages that can be read, as ISO 639-1 codes."""
    return tuple(sorted(_WORDS))


@cache
def lexicon(language: str) -> Lexicon | None:
    """The words of a language; None where nobody has written them down."""
    words = _WORDS.get(language)
    if words is None:
        return None
    return Lexicon(**{field.name: re.compile(words.get(field.name, _NOTHING)) for field in fields(Lexicon)})


def guess(text: str) -> str:
    """The language of a text by its commonest small words; "" where none of the known ones fits."""
    found = Counter(re.findall(r"[^\W\d_]+", text[:20_000].lower()))
    total = found.total() or 1
    best, share = "", 0.12
    for language, words in _FUNCTION_WORDS.items():
        known = [found[word] for word in words.split() if word in found]
        if len(known) > 1 and sum(known) / total > share:
            best, share = language, sum(known) / total
    return best
