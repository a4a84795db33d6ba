"""What may go wrong while the embedded services start."""

from datacards.errors import Unavailable


class StackError(Unavailable):
    """PostgreSQL or Valkey cannot run here; `str(error)` is one sentence for the user."""
