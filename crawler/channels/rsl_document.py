"""An RSL 1.0 document: which uses of which content it licenses, and on what conditions.

Read without DTD and entities, within limits of size and depth. Of several licences of one content a user may choose,
so a use is permitted where one licence permits it. In a licence the listed permissions are all there are, and a
prohibition outweighs them. What asks for payment, for a licence server, or is only for some users or regions permits
nothing to everybody: it counts as a refusal, its condition noted.
"""

import codecs
import re
from dataclasses import dataclass, field

from lxml import etree

from crawler.channels.words import Purpose, Value

MAX_DOCUMENT = 256 * 1024
MAX_CONTENTS = 500
MAX_AGE_DAYS = 30  # unless the document says otherwise
FREE = frozenset({"free", "attribution"})
_NAMESPACE = "https://rslstandard.org/rsl"
_ALSO = {
    "ai-train": ("ai-train", "ai-all", "all"),
    "ai-input": ("ai-input", "ai-all", "all"),
    "search": ("search", "all"),
}
_FORBIDDEN = re.compile(r"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")


class NotReadable(ValueError):
    """The document is no RSL within our limits."""


@dataclass
class Licence:
    """One licence: what it permits and prohibits by kind (usage, user, geo), and what it asks in return."""

    permits: dict[str, list[str]] = field(default_factory=dict)
    prohibits: dict[str, list[str]] = field(default_factory=dict)
    payments: list[str] = field(default_factory=list)

    def verdict(self, purpose: Purpose) -> tuple[Value, str]:
        """Whether everybody may use content so under this licence, and why."""
        words = _ALSO[purpose]
        if found := next((word for word in words if word in self.prohibits.get("usage", ())), None):
            return "disallowed", f"prohibits {found}"
        listed = self.permits.get("usage")
        if listed is not None and not set(words) & set(listed):
            return "disallowed", f"permits only {', '.join(listed)}" if listed else "permits no use"
        conditions = self.conditions()
        if conditions:
            return "disallowed", f"permitted on condition: {conditions}"
        return "allowed", (
            "permits " + ", ".join(listed) if listed else "permits all that is not prohibited"
        ) + self.price

    @property
    def price(self) -> str:
        """The kinds of payment that bar nobody, as a note."""
        return "".join(f"; payment: {kind}" for kind in dict.fromkeys(self.payments))

    def conditions(self) -> str:
        """What keeps the licence from being everybody's for the asking."""
        paid = [f"payment {kind}" for kind in dict.fromkeys(self.payments) if kind not in FREE]
        only = [f"{kind} {', '.join(self.permits[kind])}" for kind in ("user", "geo") if self.permits.get(kind)]
        never = [
            f"not {kind} {', '.join(self.prohibits[kind])}" for kind in ("user", "geo") if self.prohibits.get(kind)
        ]
        return "; ".join([*paid, *only, *never])


@dataclass
class Content:
    """The licences of the content at a URL or path pattern; `server` is where one must be asked for."""

    url: str = "/"
    server: str = ""
    licences: list[Licence] = field(default_factory=list)

    def verdict(self, purpose: Purpose) -> tuple[Value, str]:
        """The most permissive of the licences, for a user may choose; a server has to be asked first."""
        if not self.licences:
            return "unstated", "no licence is given"
        found = sorted(licence.verdict(purpose) for licence in self.licences)  # "allowed" comes first
        value, reason = found[0]
        if value == "allowed" and self.server:
            return "disallowed", f"permitted on condition: a licence of {self.server}"
        return value, reason

    @property
    def quote(self) -> str:
        """The permissions and prohibitions as the document has them."""
        told = [
            f'<{name} type="{kind}">{" ".join(words)}'
            for licence in self.licences[:3]
            for name, held in (("permits", licence.permits), ("prohibits", licence.prohibits))
            for kind, words in held.items()
        ]
        return " ".join(told)


@dataclass(frozen=True)
class Document:
    """All contents of a document, and the days for which it may be kept."""

    contents: list[Content]
    max_age: int = MAX_AGE_DAYS


def read_document(body: bytes) -> Document:
    """Read RSL, alone or in a feed. Raises NotReadable with the reason."""
    root = _parsed(body)
    contents: list[Content] = []
    for element in root.iter():
        name = _name(element)
        if name == "content" and len(contents) >= MAX_CONTENTS:
            raise NotReadable(f"more than {MAX_CONTENTS} contents")
        if name == "content":
            contents.append(Content(element.get("url", "/")[:2000], element.get("server", "")[:200]))
        elif name == "license" and contents:
            contents[-1].licences.append(Licence())
        elif contents and contents[-1].licences:
            _term(element, name, contents[-1].licences[-1])
    if not contents:
        raise NotReadable("no content element")
    return Document(contents, _age(root))


def _term(element: "etree._Element", name: str, licence: Licence) -> None:
    kind = (element.get("type") or ("free" if name == "payment" else "usage")).strip().lower()[:40]
    if name == "payment":
        licence.payments.append(kind)
    elif name in ("permits", "prohibits"):
        held = licence.permits if name == "permits" else licence.prohibits
        words = re.split(r"[\s,]+", "".join(element.itertext())[:2000].strip().lower())
        held.setdefault(kind, []).extend(word for word in words if word)


def _age(root: "etree._Element") -> int:
    told = (root.get("max-age") or "").strip()
    return int(told) if re.fullmatch(r"[0-9]{1,5}", told) else MAX_AGE_DAYS


def _parsed(body: bytes) -> "etree._Element":
    if len(body) > MAX_DOCUMENT:
        raise NotReadable(f"more than {MAX_DOCUMENT // 1024} KiB")
    text = _text(body)
    if _FORBIDDEN.search(text):
        raise NotReadable("it has a document type or entities")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text).encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise NotReadable("it is no well-formed XML") from error
    if etree.QName(root).localname.lower() not in ("rsl", "rss", "feed", "rdf"):
        raise NotReadable("its root is neither rsl nor a feed")
    return root


def _text(body: bytes) -> str:
    """Decoded here, so that what is searched is what is parsed. UTF-8, or UTF-16 with its mark."""
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return body.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable("it is not in UTF-8") from error


def _name(element: "etree._Element") -> str:
    """An element's name where it is RSL's; a careless author may leave the namespace out."""
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element)
    return name.localname.lower() if name.namespace in (None, _NAMESPACE, _NAMESPACE + "/") else ""
