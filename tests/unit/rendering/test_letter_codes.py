"""Codes to pay by, as the European Payments Council and SIX publish them, and as they are read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.creditor import BankDetails, Creditor
from chalicelib.domain.money import Money
from chalicelib.domain.notice import Notice, NoticeItem
from chalicelib.rendering.letters.epc import epc_payload
from chalicelib.rendering.letters.references import (
    creditor_reference,
    groups,
    is_qr_iban,
    qr_reference,
)
from chalicelib.rendering.letters.swiss import QrBill, qr_bills
from tests.builders import EUR, USD
from tests.unit.rendering.letters import CHF, RORSCHACH, SWISS, SWISS_IBAN, codes, content, pages
from tests.unit.rendering.samples import ARABIC, CREDITOR, item, notice

FRANCOIS = BankDetails("François D'Alsace S.A.", "FR14 2004 1010 0505 0001 3M02 606")


def test_a_sepa_code_is_the_published_one():
    """EPC069-12 version 3.1, section 2.3, second example; in UTF-8 (1), not Latin-1 (2)."""
    assert epc_payload(FRANCOIS, Money(1230, EUR), "Client:Marie Louise La Lune").decode() == (
        "BCD\n002\n1\nSCT\n\nFrançois D'Alsace S.A.\nFR1420041010050500013M02606\nEUR12.3\n\n\n"
        "Client:Marie Louise La Lune"
    )


@pytest.mark.parametrize(
    ("amount", "written"), [(1, "EUR0.01"), (100_00, "EUR100"), (99_999_999_999, "EUR999999999.99")]
)
def test_an_amount_has_no_digits_that_say_nothing(amount: int, written: str):
    assert written in epc_payload(FRANCOIS, Money(amount, EUR), "x").decode().split("\n")


@pytest.mark.parametrize(
    ("bank", "owed"),
    [
        (None, Money(1, EUR)),
        (FRANCOIS, Money(1, USD)),
        (FRANCOIS, Money(0, EUR)),
        (FRANCOIS, Money(100_000_000_000, EUR)),
        (BankDetails("X", "US00123"), Money(1, EUR)),
        (BankDetails("X", "GB33BUKB20201555555555"), Money(1, EUR)),
    ],
    ids=["no bank", "dollars", "nothing", "too much", "no SEPA", "no BIC outside the EEA"],
)
def test_there_is_no_sepa_code_where_no_bank_could_read_it(bank, owed):
    assert epc_payload(bank, owed, "x") is None


def test_a_sepa_code_is_never_longer_than_banks_read():
    long = epc_payload(BankDetails("Ä" * 90, FRANCOIS.iban), Money(1230, EUR), "Ö" * 200)
    assert len(long) <= 331
    assert len(long.decode().split("\n")) == 11


def test_the_sepa_code_on_a_letter_is_read_from_its_paper():
    read = codes(pages(notice(item(remaining=50_000)))[0])
    assert (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nNordlicht Konto\nDE89370400440532013000\nEUR500\n\n\n"
        "R-2026-0001"
    ) in [text.replace("\r", "") for text in read]


def test_a_code_asks_for_what_the_letter_asks_for():
    """Of a mixed bundle only the overdue part is asked for."""
    read = codes(pages(notice(item("R-1", amount=100_00), item("R-2", overdue=-3)))[0])
    transfer = next(text for text in read if text.startswith("BCD")).split("\n")
    assert (transfer[7], transfer[-1]) == ("EUR100", "R-1")


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        ("21000000000313947143000901", "210000000003139471430009017"),
        ("RE-2026-0042", "000000000000000000202600427"),
        ("no digits", None),
        ("0", None),
        ("1" * 27, None),
    ],
)
def test_a_qr_reference_ends_with_the_published_check_digit(number: str, reference: str | None):
    assert qr_reference(number) == reference


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        ("539007547034", "RF18539007547034"),
        ("2348231", "RF712348231"),
        ("RE-2026/0042", "RF97RE20260042"),
        ("Ä-1", None),
        ("X" * 22, None),
        ("--", None),
    ],
)
def test_a_creditor_reference_has_the_published_check_digits(number: str, reference: str | None):
    found = creditor_reference(number)
    assert found == reference
    if found:
        moved = found[4:] + found[:4]
        assert int("".join(str(int(each, 36)) for each in moved)) % 97 == 1


def test_references_are_printed_in_groups():
    assert groups("210000000003139471430009017", 5, first=2) == "21 00000 00003 13947 14300 09017"
    assert groups("RF18539007547034", 4) == "RF18 5390 0754 7034"


def test_a_qr_iban_is_known_by_its_institution():
    assert is_qr_iban("CH4431999123000889012")
    assert not is_qr_iban(SWISS_IBAN)


SIX = """SPC
0200
1
CH4431999123000889012
S
Robert Schneider AG
Rue du Lac
1268
2501
Biel
CH







1949.75
CHF
S
Pia-Maria Rutschmann-Schnyder
Grosse Marktgasse
28
9400
Rorschach
CH
QRR
210000000003139471430009017
21000000000313947143000901
EPD"""
"""SIX, Implementation Guidelines, the QR-bill with a QR reference; the message is our number."""


def swiss_notice(*items: NoticeItem, **fields: Any) -> Notice:
    whole = {"creditor": SWISS, "customer_name": "Pia-Maria Rutschmann-Schnyder"}
    return notice(*items, **{"recipient": RORSCHACH, "locale": "de-CH", **whole, **fields})


def test_a_qr_bill_is_the_published_one_and_is_read_from_its_paper():
    told = swiss_notice(item("21000000000313947143000901", amount=194_975, of=CHF))
    letter = pages(told)
    assert len(letter) == 2
    assert codes(letter[1]) == [SIX]
    [slip] = content(told)["slips"]
    assert slip["amount"] == "1 949.75"
    assert slip["reference"] == "21 00000 00003 13947 14300 09017"
    assert slip["iban"] == "CH44 3199 9123 0008 8901 2"
    assert slip["creditor"] == ("Robert Schneider AG", "Rue du Lac 1268", "2501 Biel")
    assert slip["words"]["payment_part"] == "Zahlteil"


def bills_of(*items: NoticeItem, **fields: Any) -> tuple[QrBill, ...]:
    return qr_bills(swiss_notice(*items, **fields))


def test_to_a_qr_iban_each_invoice_is_paid_by_itself():
    bills = bills_of(item("1", of=CHF), item("2", of=CHF, amount=50), item("3", of=EUR))
    assert [(bill.amount, bill.message) for bill in bills] == [
        ("1 190.00", "1"), ("0.50", "2"), ("1 190.00", "3"),
    ]  # fmt: skip


def plain(**fields: Any) -> Creditor:
    return replace(SWISS, bank=replace(SWISS.bank, iban=SWISS_IBAN), **fields)


def test_to_another_account_one_bill_pays_all_of_a_currency():
    bills = bills_of(
        item("R-1", of=CHF), item("R-2", of=CHF), item("R-3", of=EUR), creditor=plain()
    )
    assert [(bill.amount, bill.reference, bill.message) for bill in bills] == [
        ("2 380.00", None, "R-1, R-2"),
        ("1 190.00", creditor_reference("R-3"), "R-3"),
    ]
    assert "\nNON\n\nR-1, R-2\nEPD" in bills[0].payload
    assert "\nSCOR\nRF" in bills[1].payload


def test_what_a_bill_cannot_say_of_the_payer_is_left_to_their_pen():
    greek = PostalAddress(("Οδός 1",), "Αθήνα", "GR", postal_code="104 31")
    for customer in ({"recipient": None}, {"recipient": greek}, {"customer_name": ARABIC}):
        [bill] = bills_of(item("1", of=CHF), **customer)
        assert bill.debtor is None
        assert "\nCHF\n" + "\n" * 7 + "QRR\n" in bill.payload


@pytest.mark.parametrize(
    "fields",
    [
        {"creditor": CREDITOR},
        {"creditor": replace(SWISS, country="DE")},
        {"creditor": replace(SWISS, bank=None)},
        {"creditor": replace(SWISS, address=("Postfach",))},
        {"creditor": replace(SWISS, bank=CREDITOR.bank)},
    ],
    ids=["German", "with a seat elsewhere", "without a bank", "no address", "foreign account"],
)
def test_there_is_no_qr_bill_where_its_parts_are_missing(fields):
    assert bills_of(item("1", of=CHF), **fields) == ()


def test_a_currency_that_a_qr_bill_has_not_gets_none():
    assert bills_of(item("1", of=USD)) == ()


def test_many_numbers_fit_into_the_message():
    [bill] = bills_of(*(item(f"RE-2026-{n}", of=CHF) for n in range(60)), creditor=plain())
    assert len(bill.message) <= 140
    assert bill.message.startswith("RE-2026-0, RE-2026-1, ")
    assert bill.message.endswith("RE-2026-11 etc.")
