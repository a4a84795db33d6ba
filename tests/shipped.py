"""What the migrations put into a new database, for tests that find it flushed."""

from crawler import registry
from governance.models import Policy, PolicyVersion
from governance.seeds import add_shipped_policy


def put_back() -> None:
    """Store the shipped policy and agents where they are missing."""
    add_shipped_policy(Policy, PolicyVersion)
    registry.load()
