"""A subscription as an Atom feed (RFC 4287): what settled since it was made, the newest first, at most a hundred."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from django.utils import timezone

from crawler.models import ConsentChange
from governance import changes as drift
from governance.changes import Touch, touches
from governance.links import absolute
from governance.subscription_models import Subscription
from governance.subscriptions import SETTLED_AT, settled

ENTRIES = 100
LOOKS = (7, 90)
ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml; charset=utf-8"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 section 2.2

ET.register_namespace("", ATOM)


def entries(subscription: Subscription) -> list[ConsentChange]:
    """What the feed holds, as its person may read it now."""
    now = timezone.now()
    for days in LOOKS:  # most feeds are full of what is young, and what is old need not be read for it
        found = _settled(subscription, max(subscription.made_at, now - timedelta(days=days)), now)
        if len(found) == ENTRIES:
            return found
    return _settled(subscription, subscription.made_at, now)


def _settled(subscription: Subscription, since: datetime, until: datetime) -> list[ConsentChange]:
    rows = settled(subscription, since, until).select_related("domain")
    return list(rows.order_by(SETTLED_AT.desc(), "-id")[:ENTRIES])


def updated(subscription: Subscription, changes: Sequence[ConsentChange]) -> datetime:
    """When the feed changed last."""
    return max([subscription.made_at, *(settled_at(change) for change in changes)])


def settled_at(change: ConsentChange) -> datetime:
    """When a change counted."""
    return change.settles_at or change.at


def atom(subscription: Subscription, changes: Sequence[ConsentChange]) -> bytes:
    """The feed. Its ids are of the rows, so they never change; what it says of tokens is as of now."""
    hit, feed = touches(subscription.person, changes), ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", f"urn:uuid:{subscription.pk}")
    _add(feed, "title", f"Consentry: {subscription.name}")
    _add(feed, "updated", _moment(updated(subscription, changes)))
    _add(feed, "link", rel="self", type="application/atom+xml", href=absolute("feed", subscription.pk))
    _add(feed, "link", rel="alternate", type="text/html", href=absolute("subscription", subscription.pk))
    _add(_add(feed, "author"), "name", "Consentry")
    for change in changes:
        _entry(feed, change, hit[change.pk])
    body: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _entry(feed: ET.Element, change: ConsentChange, hit: Sequence[Touch]) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", f"urn:uuid:{change.pk}")
    _add(entry, "title", drift.title(change))
    _add(entry, "updated", _moment(settled_at(change)))
    _add(entry, "published", _moment(change.at))
    _add(entry, "link", rel="alternate", type="text/html", href=absolute("change", change.pk))
    for term in filter(None, (change.direction, change.channel)):
        _add(entry, "category", term=term)
    lines = [*drift.moves(change), *(f"{drift.share_told([t])}" for t in hit[:10])]
    _add(entry, "summary", "\n".join(lines), type="text")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: Any) -> ET.Element:
    made = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        made.text = _NO_XML.sub("�", text)
    return made


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
