"""The kinds of long work that the catalogue itself does."""

from datacards import runs
from datacards.record_job import ImportRecords
from datacards.register import Register

runs.register_job(Register())
runs.register_job(ImportRecords())
