"""Data Cards in the formats of others, in and out. Pure: no database, no network."""
