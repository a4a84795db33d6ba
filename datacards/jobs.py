"""The kinds of long work that the catalogue itself does."""

from datacards import runs
from datacards.register import Register

runs.register_job(Register())
