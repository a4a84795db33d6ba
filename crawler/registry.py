"""The registry of agents as it stands in the database: seeded from the shipped one, then an admin's."""

from crawler import agents
from crawler.models import Agent, LevelVector, Roll

FIELDS = ("operator", "purpose", "fetches", "aliases", "url", "note")


def active() -> list[agents.Agent]:
    """The agents whose consent is read; the shipped registry where none was loaded."""
    rows = list(Agent.objects.filter(active=True).select_related("successor"))
    return [_pure(row) for row in rows] or agents.shipped()


def current_roll() -> agents.Roll:
    """The roll of the active agents."""
    return agents.Roll.of(active())


def stored(roll: agents.Roll) -> Roll:
    """The roll's row, made when it is new."""
    row, _ = Roll.objects.get_or_create(version=roll.version, defaults={"entries": list(roll.entries)})
    return row


def vectors(roll: Roll, wanted: set[str]) -> dict[str, int]:
    """Ids of the vectors with these letters, made where they are new."""
    known = LevelVector.objects.filter(roll=roll)
    found = dict(known.filter(letters__in=wanted).values_list("letters", "id"))
    missing = [LevelVector(roll=roll, letters=letters) for letters in sorted(wanted - found.keys())]
    if missing:
        LevelVector.objects.bulk_create(missing, ignore_conflicts=True)
        found |= dict(known.filter(letters__in=[v.letters for v in missing]).values_list("letters", "id"))
    return found


def load(model: type[Agent] = Agent, reset: bool = False) -> tuple[int, int]:
    """Store the shipped agents: new ones are added, others brought up to date, but for those that an admin edited.

    With `reset` an admin's edits are undone as well. Returns how many were added and changed. `model` is the
    historical model when called from a migration.
    """
    rows = {row.name.lower(): row for row in model.objects.all()}
    shipped = agents.shipped()
    added = [model(name=each.name, **_fields(each)) for each in shipped if each.name.lower() not in rows]
    model.objects.bulk_create(added)
    rows |= {row.name.lower(): row for row in added}
    changed = 0
    for each in shipped:
        row = rows[each.name.lower()]
        if row.edited_at is None or reset:
            changed += _bring_up_to_date(model, row, each, rows)
    return len(added), changed


def _bring_up_to_date(model: type[Agent], row: Agent, shipped: agents.Agent, rows: dict[str, Agent]) -> bool:
    successor = rows[shipped.successor.lower()].pk if shipped.successor else None
    wanted = {**_fields(shipped), "successor_id": successor, "edited_at": None}
    if all(getattr(row, name) == value for name, value in wanted.items()):
        return False
    return bool(model.objects.filter(pk=row.pk).update(**wanted))


def _fields(agent: agents.Agent) -> dict[str, object]:
    values = {name: getattr(agent, name) for name in FIELDS}
    return values | {"purpose": agent.purpose.value, "aliases": list(agent.aliases)}


def _pure(row: Agent) -> agents.Agent:
    return agents.Agent(
        name=row.name, operator=row.operator, purpose=agents.Purpose(row.purpose), fetches=row.fetches,
        aliases=tuple(row.aliases), successor=row.successor.name if row.successor else "", url=row.url, note=row.note,
    )  # fmt: skip
