"""What `find` finds in a text, and what it leaves alone."""

import base64
import json
import zlib

import pytest

from audits.pii import TYPES, Tier, find
from audits.pii.checks import BASE62

KEY = "aB3xY9kLmQ2wE7rT5yUi8oP1aS4dF6gHjK7lZ0xC2vB5nM8qW1eR4tY7uI0o"
PLANTED = {
    "email": ["jane.doe+x@example.org", "o'neil@mail.example.co.uk", "josé@exämple.de", "A_B-c@xn--mnchen-3ya.de"],
    "phone": ["+41 44 668 18 00", "+33 (0)1 42 68 53 00", "(415) 555-2671", "0044 20 7946 0958", "020 7946 0958"],
    "credit_card": ["4111 1111 1111 1111", "378282246310005", "5555-5555-5555-4444", "3530 1113 3330 0000"],
    "iban": ["GB29 NWBK 6016 1331 9268 19", "de89370400440532013000", "FR14 2004 1010 0505 0001 3M02 606"],
    "ipv4": ["93.184.216.34", "192.168.17.42"],
    "ipv6": ["2001:4860:4860:0:0:0:0:8888", "2a00:1450:4001:81b::200e"],
    "mac": ["00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7"],
    "us_ssn": ["536-22-8145"],
    "us_itin": ["912-73-4567"],
    "url_credentials": ["https://bob:s3cr3t@db.example.com", "postgres://u:p%40x@[::1]:5432"],
    "bitcoin_address": ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"],
    "ethereum_address": ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xde709f2102306220921060314715629080e2fb77"],
    "aws_access_key": ["AKIAIOSFODNN7EXAMPLE"],
    "github_token": ["ghp_aB3xY9kLmQ2wE7rT5yUi8oP1aS4dF6gHjK7l", "github_pat_" + KEY[:22] + "_" + KEY[:59]],
    "gitlab_token": ["glpat-aB3xY9kLmQ2wE7rT5yUi"],
    "slack_token": ["xoxb-123456789012-abcDEF456ghi", "hooks.slack.com/services/T00AB1CD2/B01XY2ZW3/" + KEY[:24]],
    "google_api_key": ["AIza" + "SyB3xY9kLmQ2wE7rT5yUi8oP1aS4dF6gH-_"],
    "stripe_key": ["sk_live_aB3xY9kLmQ2wE7rT5yUi8oP1"],
    "openai_key": ["sk-" + "aB3xY9kLmQ2wE7rT5yUi8oP1" * 2, "sk-proj-" + "aB3xY9kLmQ2w_E7rT5yUi-8oP1" * 2],
    "anthropic_key": ["sk-ant-api03-" + "aB3xY9kLmQ2wE7rT5yUi" * 4 + "AA"],
    "huggingface_token": ["hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"],
    "sendgrid_key": ["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"],
    "npm_token": ["npm_" + "aB3xY9kLmQ2wE7rT5yUi8oP1aS4dF6gHjK7l"],
    "pypi_token": ["pypi-AgEIcHlwaS5vcmc" + "aB3xY9kLmQ2wE7rT5yUi8oP1" * 3],
    "telegram_token": ["110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind in PLANTED for value in PLANTED[kind]])
def test_a_value_is_found_where_it_stands(kind, value):
    text = f"naïve – 日本 {value}, and so on"
    assert [(f.type, text[f.start : f.end]) for f in find(text)] == [(kind, value)]


@pytest.mark.parametrize(("kind", "value"), [(kind, PLANTED[kind][0]) for kind in PLANTED])
def test_a_value_is_found_at_both_ends_of_a_text(kind, value):
    assert [f[:3] for f in find(value)] == [(kind, 0, len(value))]


def test_every_type_of_the_table_is_planted_in_some_test_here():
    elsewhere = {"jwt", "private_key", "aws_secret_key"}
    assert set(PLANTED) | elsewhere == set(TYPES)


@pytest.mark.parametrize(
    "text",
    [
        "icon@2x.png and @media and a@b and user@host.notatld",
        "order number 555-123-4567, invoice 415-555-2671, policy no. 0044 2079460958",
        "tracking id 4111111111111112 and 1234567890123456",
        "version 93.184.216.34, Chrome/120.0.6099.109, section 1.2.3.4, loopback 127.0.0.1, mask 255.255.255.0",
        "std::vector<int>::size_type a::b 12:34:56 10:20:30:40",
        "2019-05-12 10:30:22, 12.05.2019, 1998-2004, 3.14159265358979, 1,234,567,890",
        "GB29 NWBK 6016 1331 9268 18",  # a wrong check digit
        "666-12-3456 000-12-3456 536-00-8145 536-22-0000",  # never issued
        "commit 3f786850e387550fdab836ed7e6dc881de23001b, 550e8400-e29b-41d4-a716-446655440000",
        "git@github.com:org/repo.git https://alice@example.com/ http://user:${PASSWORD}@host.com",
        "-----BEGIN PUBLIC KEY----- and -----BEGIN RSA PRIVATE KEY----- are headers",
        "Fifth Floor, Boston, MA 02110-1301, USA and np.arange(6) + 98172488",
        "ISBN 978-3-16-148410-0, account no. 12345678, €12345678",
    ],
)
def test_what_only_looks_like_a_value_is_left_alone(text):
    assert find(text) == []


def test_a_token_that_carries_its_checksum_is_validated():
    body, check = "aB3xY9kLmQ2wE7rT5yUi8oP1aS4dF6", ""
    number = zlib.crc32(body.encode())
    while number:
        number, digit = divmod(number, 62)
        check = BASE62[digit] + check
    assert find(f"ghp_{body}{check.rjust(6, '0')}")[0].tier is Tier.VALIDATED
    assert find(f"ghp_{body}000000")[0].tier is Tier.PATTERN


def test_a_jwt_is_one_only_if_its_header_names_an_algorithm():
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    rest = part({"sub": "1234567890"}) + "." + "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
    token = part({"alg": "HS256", "typ": "JWT"}) + "." + rest
    assert [f[:4] for f in find(f"Bearer {token}.")] == [("jwt", 7, 7 + len(token), Tier.VALIDATED)]
    assert find(part({"kid": "some key of ours", "typ": "JWT"}) + "." + rest) == []


def test_a_private_key_is_found_from_its_first_to_its_last_line():
    body = "\n".join("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ" for _ in range(5))
    pem = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
    assert [f[:3] for f in find(f"key:\n{pem}\n")] == [("private_key", 5, 5 + len(pem))]


def test_an_aws_secret_is_one_beside_its_name_only():
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    assert [f.type for f in find(f"aws_secret_access_key = {secret}")] == ["aws_secret_key"]
    assert find(f"the path {secret}") == []


@pytest.mark.parametrize("text", ["call me on 9472 7916", "Phone: (37) 788-063", "fax 21-45-3109", "78 651 450 mobile"])
def test_a_bare_number_is_a_phone_number_beside_a_telling_word(text):
    assert [(f.type, f.tier) for f in find(text)] == [("phone", Tier.PATTERN)]
    assert find("".join(c if not c.isalpha() else "z" for c in text)) == []


def test_the_columns_name_makes_a_bare_number_a_phone_number():
    assert find("9472 7916") == []
    assert [f.type for f in find("9472 7916", column="customerPhone")] == ["phone"]


def test_a_validated_reading_wins_where_readings_overlap():
    assert [f.type for f in find("call 4111 1111 1111 1111")] == ["credit_card"]


def test_only_the_types_asked_for_are_found():
    text = "jane@example.org from 93.184.216.34"
    assert [f.type for f in find(text, types=["ipv4"])] == ["ipv4"]
    with pytest.raises(ValueError, match="Unknown types: face"):
        find(text, types=["face"])


def test_the_dot_that_ends_a_sentence_is_no_part_of_a_host():
    text = "Ask jane@example.org.It helps. Or joe@example.com. Bye"
    assert [text[f.start : f.end] for f in find(text)] == ["jane@example.org", "joe@example.com"]
