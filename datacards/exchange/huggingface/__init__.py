"""A dataset's card as Hugging Face has it (YAML above, Markdown below): in, out, and what is wrong with it. Pure."""

from datacards.exchange.huggingface.checks import problems
from datacards.exchange.huggingface.read import read
from datacards.exchange.huggingface.write import write

__all__ = ["problems", "read", "write"]
