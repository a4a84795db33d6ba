"""The kinds of long work that the catalogue itself does."""
