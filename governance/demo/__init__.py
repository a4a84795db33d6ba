"""The demo: a small, truthful world whose numbers can be checked by hand (docs/demo-world.md)."""
