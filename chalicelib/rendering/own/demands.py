"""What a message must show, whoever wrote it, and what it may not: held when a text is stored, and
again in every message that leaves. A text that fails then gives way to the built-in one.

No message alters an amount. An e-mail names each invoice, what is owed in each currency, where to
pay and where to object. A text message names the creditor, what is owed (or what of it is overdue),
where to pay and whom to ask. Addresses of the web are the customer's link and the creditor's site.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from chalicelib.rendering.facts import NoticeFacts
from chalicelib.rendering.own.vocabulary import FROM, TO, MessageWords
from chalicelib.rendering.segments import in_gsm7

LONGEST_SUBJECT_SAID = 200
"""Characters of a subject once it is put together, with names of usual length."""
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}://|\bwww\.)[^\s<>\"]*", re.IGNORECASE)
_SITE = re.compile(r"https?://(?:www\.)?([^\s/?#@:\\]+)(?::[0-9]+)?(?:[/?#].*)?", re.IGNORECASE)
_AFTER = ".,;:!?)"
"""What may follow an address without being a part of it."""
_AMOUNT = re.compile(f"{FROM}([^{TO}]*){TO}")
_SHAPELESS = frozenset({"Cf", "Cn"})
LONGEST_FOLD = 4
"""Characters that one character may become where it is another one in small, wide or raised."""
_BLANK = "\N{BRAILLE PATTERN BLANK}"
_STRUCK = "\N{COMBINING LONG SOLIDUS OVERLAY}"
_APART = re.escape(':;()[]{}/=|<>?!*#&@"«»“”„')
"""What keeps a digit apart from an amount; a dot, a prime or a bullet might part one number."""
_MONEY = "\N{CURRENCY SIGN}"
"""What each currency sign (Sc) is seen as: which of them makes no difference."""
_BLOCK = "\u20a0-\u20cf"
"""Unicode's block of currency signs: a phone may know one that isn't assigned here yet."""
_TO_COME = re.compile(f"[{_BLOCK}]")
_SIGN = f"[{_MONEY}{_BLOCK}\N{HEAVY DOLLAR SIGN}%‰‱٪؉؊]"
_SEEN_AS = {"Pd": "-", "Sc": _MONEY, "Mn": _STRUCK, "Mc": _STRUCK, "Me": _STRUCK}
_SPELT = str.maketrans("₨﷼", _MONEY * 2)
"""The two currency signs that are letters after NFKC."""
_SIGN_BEFORE = rf"{_SIGN}[^\s:;=/|)\]}}]?"
_SIGN_AFTER = rf"[^\s:;=/|(\[{{]?{_SIGN}"
"""A sign belongs to an amount across one character, too (`$(1)`), unless that one parts them."""
_RECKONS = "~×÷±∓√∛∜≈≠≤≥⁒∸⊖⊕\u02d6\u02d7✕✖\N{HEAVY PLUS SIGN}\N{HEAVY MINUS SIGN}➗🔟💯"
"""Signs of arithmetic, and pictures of numbers."""
_TOUCHED = re.compile(
    f"[\\w.,+\N{MINUS SIGN}{_RECKONS}{TO}-]{FROM}|\\d[^\\s{_APART}]{FROM}"
    f"|{TO}(?:[\\w{_STRUCK}{_RECKONS}]|[^\\s{_APART}+-]\\d)"
    f"|{_SIGN_BEFORE}{FROM}|{TO}{_SIGN_AFTER}"
)
TOUCHED = "has a letter, a digit or a sign right beside an amount, which makes it another one"
_SPACES = r"(?:[^\S\n]|[\u115f\u1160])+"
"""Spaces, and the letters that fill a place (Hangul) and look like one."""
_GROUPED = re.compile(rf"\d{_SPACES}{FROM}\d|(?<![.,]\d\d)(?<=\d){TO}{_SPACES}\d{{3}}(?!\d)")
"""A digit and a space before an amount that begins with a digit; three digits and a space after one
that ends with a digit, unless that is the second of its minor unit."""
GROUPED = (
    "has a digit with only a space between it and an amount, which reads as one number to whoever "
    "groups digits by spaces: put a colon or a word between"
)
_SIGNED = re.compile(f"{_SIGN}{_SPACES}{FROM}|{TO}{_SPACES}{_SIGN}")
SIGNED = (
    "has a currency or percent sign with only a space between it and an amount, which says its "
    "currency itself: leave the sign out, or put a colon or a word between"
)

Unmet = tuple[str, str]
"""A code, and a sentence."""


def unmet_by_email(said: str, words: MessageWords, facts: NoticeFacts) -> Iterator[Unmet]:
    """Yield what the text of an e-mail lacks, or has and may not have."""
    yield from _unmet_by_any(said, words, facts)
    if not _stands(words.creditor.email, said):
        yield "contact", "doesn't say where to object: write {{ creditor.email }}"
    if not all(_stands(invoice.number, said) for invoice in words.invoices):
        yield "number", "doesn't name each invoice: write {{ numbers }}, or go through invoices"
    if facts.total not in (shown := _amounts(said)) and not shown >= set(facts.totals):
        yield "amount", "doesn't show what is owed: write {{ total }}"


def unmet_by_sms(said: str, words: MessageWords, facts: NoticeFacts) -> Iterator[Unmet]:
    """Yield what a text message lacks, or has and may not have.

    The creditor's name and telephone number may stand there in GSM-7.
    """
    yield from _unmet_by_any(said, words, facts)
    sender, phone = words.creditor.name, words.creditor.phone
    if not any(_stands(each, said) for each in (sender, in_gsm7(sender))):
        yield "sender", "doesn't say who writes: write {{ creditor.name }}"
    if not any(_stands(each, said) for each in (phone, in_gsm7(phone), words.creditor.email)):
        yield "contact", "doesn't say whom to ask: write {{ creditor.contact }}"
    asked = {facts.total, facts.overdue_total} if facts.overdue else {facts.total}
    if not asked & _amounts(said):
        yield "amount", "doesn't show what is owed: write {{ total }}"


def unmet_by_subject(said: str, words: MessageWords, facts: NoticeFacts) -> Iterator[Unmet]:
    """Yield what a subject lacks, or has and may not have."""
    if not said.strip():
        yield "subject", "says nothing"
    yield from _altered(said)
    if words.pay_url in said or _foreign_address(said, facts):
        yield "link", "has an address of the web, which is for the text"


def unmarked(said: str) -> str:
    """Return what is said without the marks of its amounts."""
    return said.replace(FROM, "").replace(TO, "")


def folded(said: str) -> str:
    """Return what is said with small, wide and raised characters as what they are (NFKC).

    What would become a whole phrase (U+FDFA: eighteen characters) is its first and its last one,
    as nothing else of it can touch an amount; else a text could become eighteen times as long.
    """
    wholes = {each: unicodedata.normalize("NFKC", each) for each in set(said)}
    ends = {
        ord(each): whole[0] + whole[-1]
        for each, whole in wholes.items()
        if len(whole) > LONGEST_FOLD
    }
    return unicodedata.normalize("NFKC", said.translate(ends))


def _unmet_by_any(said: str, words: MessageWords, facts: NoticeFacts) -> Iterator[Unmet]:
    if words.pay_url not in said.split():
        yield "pay_url", "doesn't have the link, between spaces or line breaks: write {{ pay_url }}"
    yield from _altered(said)
    if foreign := _foreign_address(said, facts):
        yield "link", f"leads to {foreign[:60]}, which is neither the link nor the creditor's site"


def _altered(said: str) -> Iterator[Unmet]:
    """Yield what makes an amount another one, for whoever sees currency signs to come and not."""
    seen = "".join(_seen(said))
    ways = {seen, _TO_COME.sub("", seen)}
    for pattern, why in ((_TOUCHED, TOUCHED), (_GROUPED, GROUPED), (_SIGNED, SIGNED)):
        if any(map(pattern.search, ways)):
            yield "touched", why
            return


def _seen(said: str) -> Iterator[str]:
    """Yield the characters that part others for a reader's eye, each dash as the same one, each
    currency sign, too, and each that is another one in small, wide or raised as that.

    What has no shape of its own (Unicode's Cf, Cn) parts nothing, nor does a mark (M) on a letter
    or a space; on an amount's last character it is `_STRUCK`.
    """
    before = ""
    for each in folded(said.translate(_SPELT)):
        kind = unicodedata.category(each)
        shapeless = kind in _SHAPELESS and not _TO_COME.match(each)
        if shapeless or each == _BLANK or (kind[0] == "M" and before != TO):
            continue
        before = each
        yield _SEEN_AS.get(kind, each)


def _amounts(said: str) -> set[str]:
    """Return the amounts that are shown."""
    return set(_AMOUNT.findall(said))


def _stands(fact: str, said: str) -> bool:
    """Say whether a fact is there as it is: no letter or digit beside it makes it another."""
    if not fact:
        return False
    alone = rf"(?<![\w.,]){re.escape(fact.casefold())}(?!\w|[.,]\d)"
    return re.search(alone, said.casefold()) is not None


def _foreign_address(said: str, facts: NoticeFacts) -> str | None:
    """Return the first address that leads elsewhere than the link and the creditor's site."""
    website = facts.creditor.website or ""
    allowed = {facts.pay_url, website.rstrip(_AFTER)}
    site = _on_site(website)
    for found in _ADDRESS.findall(said):
        address = found.rstrip(_AFTER)
        if address not in allowed and not (site and site.fullmatch(address)):
            return str(found)
    return None


@lru_cache(maxsize=512)
def _on_site(website: str) -> re.Pattern[str] | None:
    """Return how addresses on a site, or beneath it, are written; None where there is no site.

    Programs disagree about credentials, backslashes and whatever else isn't a host name, so between
    scheme and path there is the site's own host and nothing that they could read otherwise.
    """
    found = _SITE.fullmatch(website)
    if found is None:
        return None
    host = rf"(?:[a-z0-9-]+\.)*{re.escape(found[1])}"
    return re.compile(rf"(?:https?://)?{host}(?::[0-9]+)?(?:[/?#].*)?", re.IGNORECASE)
