"""The table of what the engine finds: one row per type; choices, pages and tests derive from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Tier(StrEnum):
    """How sure a finding is, strongest first."""

    VALIDATED = "validated"  # a checksum, a registry or the structure of the value itself confirms it
    PATTERN = "pattern"  # the shape of the value, or a weaker shape with a telling word next to it
    MODEL = "model"  # a statistical model says so


class Category(StrEnum):
    """What kind of harm a type can do."""

    CONTACT = "contact"
    FINANCIAL = "financial"
    NETWORK = "network"
    GOVERNMENT_ID = "government id"
    SECRET = "secret"  # noqa: S105 - the category's name


class Finding(NamedTuple):
    """A value of some type in a text: where it stands (in characters), how sure we are; never the value."""

    type: str
    start: int
    end: int
    tier: Tier
    score: float


class Hit(NamedTuple):
    """A finding while its offsets still count bytes of the window in which a detector saw it."""

    type: str
    start: int
    end: int
    tier: Tier
    score: float


@dataclass(frozen=True)
class PiiType:
    """One row of the table.

    `validated` and `pattern` say in words what earns the tier (empty: the tier is not given). `cues` are words that,
    near a value or as the name of its column, make a weak shape believable.
    """

    id: str
    title: str
    category: Category
    validated: str = ""
    pattern: str = ""
    cues: frozenset[bytes] = frozenset()


def _words(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().split())


PHONE_CUES = _words(
    "phone phones telephone tel tels mobile mob cell cellphone cellular call calls called calling callback fax dial"
    " whatsapp sms hotline helpline desk extension answering message messages reach contact viber"
    " landline voicemail pager handy rufnummer telefon telefonnummer mobil téléphone teléfono telefono telefone"
    " móvil movil celular portable cellulare telefoon telefoonnummer puhelin puh tlf mobiltelefon telefax"
    " telefonszám телефон тел моб звоните τηλέφωνο τηλ 電話 电话 手机 電話番号 전화 هاتف फ़ोन"
)
CARD_CUES = _words(
    "card cards credit debit visa mastercard maestro amex discover jcb diners cc ccnum cardnumber pan carte kredit"
    " karte kreditkarte kreditkort tarjeta crédito carta cartão cartao karta карта cvv cvc expires expiry"
)
IBAN_CUES = _words("iban bank bic swift konto kontonummer compte cuenta conto conta rekening account")
SSN_CUES = _words("ssn ssns social security socialsecurity sin taxpayer itin tin")
IP_CUES = _words(
    "ip ips ipv4 ipv6 address addr adresse host hostname server client remote dns gateway router subnet ping port"
    " firewall peer listen bind proxy nameserver"
)

_S = Category.SECRET

TYPES: dict[str, PiiType] = {
    row.id: row
    for row in (
        PiiType("email", "E-mail address", Category.CONTACT, "a domain below a known top-level domain"),
        PiiType(
            "phone", "Phone number", Category.CONTACT, "a number the world's numbering plans know, written with its"
            " country code, or a North American one beside a telling word", "a national shape, or a plausible number"
            " beside a telling word", PHONE_CUES,
        ),
        PiiType("credit_card", "Payment card number", Category.FINANCIAL, "Luhn check digit, issuer range and length;"
                " short lengths need a telling word", cues=CARD_CUES),
        PiiType("iban", "Bank account (IBAN)", Category.FINANCIAL, "mod-97 check digits and the country's length",
                cues=IBAN_CUES),
        PiiType("ipv4", "IPv4 address", Category.NETWORK, "a globally routed address", "a private address, or one of"
                " single digits beside a telling word", IP_CUES),
        PiiType("ipv6", "IPv6 address", Category.NETWORK, "a globally routed address", "any other full address",
                IP_CUES),
        PiiType("mac", "MAC address", Category.NETWORK, pattern="six pairs of hexadecimal digits"),
        PiiType("us_ssn", "US Social Security number", Category.GOVERNMENT_ID, pattern="three-two-four digits in"
                " ranges that are issued, or nine such digits beside a telling word", cues=SSN_CUES),
        PiiType("us_itin", "US taxpayer number (ITIN)", Category.GOVERNMENT_ID, pattern="as an SSN, in the ranges kept"
                " for ITINs", cues=SSN_CUES),
        PiiType("url_credentials", "Address with a password", _S, "user and password before a host"),
        PiiType("bitcoin_address", "Bitcoin address", Category.FINANCIAL, "Base58Check or Bech32 checksum"),
        PiiType("ethereum_address", "Ethereum address", Category.FINANCIAL, "EIP-55 checksum of mixed case",
                "0x and forty hexadecimal digits in one case"),
        PiiType("jwt", "JSON Web Token", _S, "a header that names its algorithm"),
        PiiType("private_key", "Private key", _S, "a PEM or PGP private key block"),
        PiiType("aws_access_key", "AWS access key id", _S, "prefix and alphabet"),
        PiiType("aws_secret_key", "AWS secret access key", _S, pattern="forty Base64 characters beside its name"),
        PiiType("github_token", "GitHub token", _S, "the CRC-32 that GitHub puts at its end", "prefix and length"),
        PiiType("gitlab_token", "GitLab token", _S, pattern="prefix and length"),
        PiiType("slack_token", "Slack token or webhook", _S, pattern="prefix and parts"),
        PiiType("google_api_key", "Google API key", _S, pattern="prefix and length"),
        PiiType("stripe_key", "Stripe key", _S, pattern="prefix and length"),
        PiiType("openai_key", "OpenAI key", _S, pattern="prefix and length"),
        PiiType("anthropic_key", "Anthropic key", _S, pattern="prefix and length"),
        PiiType("huggingface_token", "Hugging Face token", _S, pattern="prefix and length"),
        PiiType("sendgrid_key", "SendGrid key", _S, pattern="prefix and parts"),
        PiiType("npm_token", "npm token", _S, pattern="prefix and length"),
        PiiType("pypi_token", "PyPI token", _S, "the macaroon of a PyPI token"),
        PiiType("telegram_token", "Telegram bot token", _S, pattern="bot number and 35 characters"),
    )
}  # fmt: skip


def chosen(types: Iterable[str] | None) -> frozenset[str]:
    """The types asked for, all by default; raises ValueError for one that the table lacks."""
    wanted = frozenset(TYPES if types is None else types)
    if unknown := wanted - TYPES.keys():
        raise ValueError(f"Unknown types: {', '.join(sorted(unknown))}; known are {', '.join(TYPES)}.")
    return wanted
