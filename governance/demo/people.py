"""Identifiers that pass every check and belong to nobody, and numbers that look like them and are none.

Sources: RFC 2606 (example domains), the North American 555-0100 to 555-0199 and Ofcom's 020 7946 0000 to 0999 (numbers
for drama), the payment providers' published test cards, the examples of the SWIFT IBAN registry, RFC 5737 and RFC
3849 (addresses for documentation).
"""

from types import MappingProxyType

PLANTED = MappingProxyType(
    {
        "email": (
            "ada.winter@example.com",
            "b.osei@example.org",
            "carla_m@example.net",
            "d.okafor+boats@example.com",
            "enquiries@example.org",
        ),
        "phone": ("+1 212-555-0123", "+1 415-555-0199", "+44 20 7946 0018", "+44 20 7946 0958"),
        "card": ("4242 4242 4242 4242", "5555 5555 5555 4444"),
        "iban": ("DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19"),
        "ip": ("192.0.2.14", "2001:db8::7334"),
    }
)
DECOYS = (
    "The order number 4242 4242 4242 4241 was never delivered",  # fails Luhn
    "Version 10.4.2 of the chart replaced version 10.4.1",  # three parts are no address
    "The reference GB28 NWBK 6016 1331 9268 19 was mistyped",  # fails ISO 7064 mod 97-10
    "Lot 555 went under the hammer for 2120 in the end",
    "Write to the keeper at the lighthouse and not to user at host",
)
SENTENCES = MappingProxyType(
    {
        "email": "My address is {}, please write.",
        "phone": "Call me on the phone at {} after supper.",
        "card": "I paid with my credit card {} in advance.",
        "iban": "Please send the money to my account, IBAN {}.",
        "ip": "My computer showed the IP address {} at the time.",
    }
)


def planted(kind: str, number: int) -> str:
    """A sentence with one identifier of a kind; equal numbers give equal sentences."""
    values = PLANTED[kind]
    return SENTENCES[kind].format(values[number % len(values)])


def decoy(number: int) -> str:
    """A sentence with a number that only looks like an identifier."""
    return f"{DECOYS[number % len(DECOYS)]}."
