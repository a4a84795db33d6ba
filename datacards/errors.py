"""Errors that a user can mend: each carries one clear sentence and nothing else.

The sentence says what is wrong, where, and how to mend it; it never holds a secret or a personal value.
A run that ends with one of these has *failed*; a run that ends with anything else has *errored* (a bug).
"""


class Expected(Exception):
    """An outcome that the world may cause; `str(error)` is shown to the user as it is."""


class BadInput(Expected):
    """What the user gave cannot be used."""


class Unavailable(Expected):
    """Something outside (a host, a store, a Hub) refuses or cannot be reached."""


class Conflict(Expected):
    """The request contradicts what is already recorded."""


class Refused(Expected):
    """The person asking has no right to this; says who has."""


class Cancelled(Exception):
    """The run was cancelled, or its lease went to another worker: stop and leave no trace."""
