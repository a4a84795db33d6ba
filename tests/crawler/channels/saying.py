"""What a test asks of signals."""

from collections.abc import Iterable

from crawler.channels import Signal


def said(signals: Iterable[Signal], channel: str) -> set[tuple[str, str, str]]:
    """(agent, purpose, value) of one channel's signals."""
    return {(signal.agent, signal.purpose, signal.value) for signal in signals if signal.channel == channel}


def only(signals: Iterable[Signal], channel: str) -> Signal:
    """The one signal of a channel."""
    (found,) = [signal for signal in signals if signal.channel == channel]
    return found
