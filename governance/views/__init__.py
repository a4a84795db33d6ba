"""The pages: one module per family. Each answers one question first, then shows its evidence, then what to do."""
