"""What is in a corpus's texts: how many, how long, in which languages, how much of it twice, and what is missing."""

from audits.content.audit import ContentProfile
from audits.content.profile import Profile
from audits.content.told import told

__all__ = ["ContentProfile", "Profile", "told"]
