"""Checksums and code tables by which a value proves itself."""

import hashlib
import zlib
from functools import lru_cache

BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BECH32 = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"
DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(digits: bytes) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    numbers = [d - 48 for d in reversed(digits)]
    return (sum(numbers[::2]) + sum(DOUBLED[n] for n in numbers[1::2])) % 10 == 0


# Issuer ranges as (first, last, lengths), prefixes of equal length, strongest shapes first (ISO/IEC 7812 registry
# as the schemes publish it). Numbers of 12, 13 digits and the old 15-digit JCB are too short to stand alone.
STRONG_ISSUERS = (
    ("4", "4", (16, 19)),
    ("51", "55", (16,)),
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),
    ("37", "37", (15,)),
    ("300", "305", (14, 16, 17, 18, 19)),
    ("3095", "3095", (14, 16, 17, 18, 19)),
    ("36", "36", (14, 16, 17, 18, 19)),
    ("38", "39", (14, 16, 17, 18, 19)),
    ("6011", "6011", (16, 17, 18, 19)),
    ("644", "659", (16, 17, 18, 19)),
    ("3528", "3589", (16, 17, 18, 19)),
    ("62", "62", (16, 17, 18, 19)),
    ("81", "81", (16, 17, 18, 19)),
    ("2200", "2204", (16, 17, 18, 19)),
    ("9792", "9792", (16,)),
    ("6069", "6069", (16,)),
    ("6521", "6522", (16,)),
)
WEAK_ISSUERS = (
    ("4", "4", (13,)),
    ("2131", "2131", (15,)),
    ("1800", "1800", (15,)),
    ("5018", "5018", tuple(range(12, 20))),
    ("5020", "5020", tuple(range(12, 20))),
    ("5038", "5038", tuple(range(12, 20))),
    ("5893", "5893", tuple(range(12, 20))),
    ("56", "58", tuple(range(12, 20))),
    ("6304", "6304", tuple(range(12, 20))),
    ("6390", "6390", tuple(range(12, 20))),
    ("6759", "6759", tuple(range(12, 20))),
    ("67", "67", tuple(range(12, 20))),
)


def issued(digits: bytes, ranges: tuple[tuple[str, str, tuple[int, ...]], ...]) -> bool:
    """The number begins in one of the ranges and has a length that is used there."""
    number = digits.decode()
    return any(low <= number[: len(low)] <= high and len(number) in lengths for low, high, lengths in ranges)


_IBANS = """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
"""
IBAN_LENGTHS = {each[:2].encode(): int(each[2:]) for each in _IBANS.split()}


def mod97(iban: bytes) -> bool:
    """The check digits of ISO 13616, by ISO/IEC 7064 MOD 97-10; `iban` without spaces, upper case."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(chr(c), 36)) for c in turned)) % 97 == 1


def base58check(address: bytes) -> bool:
    """A 25-byte Base58Check value whose last four bytes are its double SHA-256."""
    number = 0
    for character in address:
        number = number * 58 + BASE58.index(character)
    if number >> 200:
        return False
    value = number.to_bytes(25, "big")
    return hashlib.sha256(hashlib.sha256(value[:-4]).digest()).digest()[:4] == value[-4:]


def bech32(address: bytes) -> bool:
    """The checksum of BIP 173, or of BIP 350 for witness version 1 and above; `address` lower case."""
    prefix, _, data = address.rpartition(b"1")
    values = [BECH32.find(c) for c in data]
    if -1 in values or len(values) < 8:
        return False
    state = 1
    for value in [c >> 5 for c in prefix] + [0] + [c & 31 for c in prefix] + values:
        top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            state ^= factor if top >> bit & 1 else 0
    return state == (1 if values[0] == 0 else 0x2BC830A3)


def eip55(address: bytes) -> bool:
    """The checksum that the letters' case carries (EIP-55); `address` without 0x."""
    marks = keccak256(address.lower()).hex()[: len(address)]
    pairs = zip(address.decode(), marks, strict=True)
    return all(not letter.isalpha() or letter.isupper() == (int(mark, 16) > 7) for letter, mark in pairs)


def github_checksum(token: bytes) -> bool:
    """The last six characters are the CRC-32 of what lies between the prefix and them, in Base62."""
    body, check = token[4:-6], token[-6:].decode()
    number, written = zlib.crc32(body), ""
    while number:
        number, digit = divmod(number, 62)
        written = BASE62[digit] + written
    return written.rjust(6, "0") == check


@lru_cache(maxsize=1)
def _keccak_tables() -> tuple[tuple[int, ...], tuple[tuple[int, int, int], ...]]:
    """Round constants, and the order and rotation of the rho and pi steps (FIPS 202, 3.2)."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << ((1 << j) - 1)
            register = register << 1 ^ (0x171 if register >> 7 else 0)
        constants.append(constant)
    steps, x, y = [], 1, 0
    for t in range(24):
        source = x + 5 * y
        x, y = y, (2 * x + 3 * y) % 5
        steps.append((source, x + 5 * y, (t + 1) * (t + 2) // 2 % 64))
    return tuple(constants), tuple(steps)


def keccak256(message: bytes) -> bytes:
    """Keccak-256 with the padding from before FIPS 202, as Ethereum uses it; messages under 136 bytes."""
    block = bytearray(message.ljust(136, b"\0"))
    block[len(message)] ^= 0x01
    block[135] ^= 0x80
    lanes = [int.from_bytes(block[i : i + 8], "little") for i in range(0, 136, 8)] + [0] * 8
    constants, steps = _keccak_tables()
    for constant in constants:
        lanes = _keccak_round(lanes, constant, steps)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _rotated(lane: int, count: int) -> int:
    return (lane << count | lane >> (64 - count)) & 0xFFFFFFFFFFFFFFFF


def _keccak_round(lanes: list[int], constant: int, steps: tuple[tuple[int, int, int], ...]) -> list[int]:
    columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
    lanes = [lane ^ columns[(i - 1) % 5] ^ _rotated(columns[(i + 1) % 5], 1) for i, lane in enumerate(lanes)]
    moved = lanes[:]
    for source, target, count in steps:
        moved[target] = _rotated(lanes[source], count)
    mixed = [moved[i] ^ (~moved[i - i % 5 + (i + 1) % 5] & moved[i - i % 5 + (i + 2) % 5]) for i in range(25)]
    mixed[0] ^= constant
    return mixed
