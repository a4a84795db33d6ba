"""Checksums against the vectors that their makers publish."""

import pytest

from audits.pii import checks


def test_keccak_of_nothing_is_the_published_digest():
    assert checks.keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.parametrize(
    "address",
    ["5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
     "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"],
)  # fmt: skip
def test_addresses_of_eip_55_pass_and_fail_with_one_letter_in_the_other_case(address):
    letter = next(i for i, c in enumerate(address) if c.isalpha())
    assert checks.eip55(address.encode())
    assert not checks.eip55((address[:letter] + address[letter].swapcase() + address[letter + 1 :]).encode())


def test_the_first_bitcoin_address_passes_and_a_mistyped_one_fails():
    assert checks.base58check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    assert not checks.base58check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")


@pytest.mark.parametrize(
    "address",
    ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",  # BIP 173
     "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"],  # BIP 350
)  # fmt: skip
def test_segwit_addresses_of_the_bips_pass_and_fail_when_cut(address):
    assert checks.bech32(address.encode())
    assert not checks.bech32(address[:-1].encode())


def test_every_wrong_last_digit_of_a_card_fails_luhn():
    assert [checks.luhn(b"411111111111111%d" % last) for last in range(10)] == [last == 1 for last in range(10)]


@pytest.mark.parametrize("iban", ["GB29NWBK60161331926819", "DE89370400440532013000", "NO9386011117947",
                                  "MT84MALT011000012345MTLCAST001S"])  # fmt: skip
def test_ibans_of_the_registry_pass_and_fail_with_two_digits_swapped(iban):
    assert checks.mod97(iban.encode())
    assert checks.IBAN_LENGTHS[iban[:2].encode()] == len(iban)
    assert not checks.mod97((iban[:2] + iban[3] + iban[2] + iban[4:]).encode())
