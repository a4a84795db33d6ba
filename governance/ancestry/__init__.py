"""What was made from what, as a graph. Pure: reading it from the database is `governance.lineage`."""
