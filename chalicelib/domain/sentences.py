"""Every reason in a sentence, for people who ask why."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.decisions import Reason

SENTENCES = {
    Reason.DUE: "Its day has come.",
    Reason.CAUGHT_UP: "Its moment, or that of a step before, was missed, so it comes later.",
    Reason.APPROVED: "It was approved.",
    Reason.OTHER_CHANNEL: "The planned channel can't reach the customer, so the other one is used.",
    Reason.WITH_LEADING: "The account's oldest due invoice sets the day for all that are due.",
    Reason.NO_USABLE_ADDRESS: "No usable address is left, so a person has to take over.",
    Reason.FOR_A_PERSON: "This step needs a person, who gets a task.",
    Reason.RATE_UNKNOWN: "The rate or amount of the law isn't known, so a person has to say it.",
    Reason.NOT_ANNOUNCED: "The customer wasn't warned of it beforehand, so a person decides.",
    Reason.COMPLAINED: "The customer complained about the message, so a person has to decide.",
    Reason.OBJECTED: "The customer objected to being reached this way, so a person has to decide.",
    Reason.REFUSED: "The message was refused although the address is fine, so a person takes over.",
    Reason.NOT_YET_DUE: "Its day hasn't come yet.",
    Reason.OUTSIDE_HOURS: "Messages go out within the sending hours only.",
    Reason.CLOSED_DAY: "Messages don't go out on this day of the week.",
    Reason.PUBLIC_HOLIDAY: "Messages don't go out on public holidays of the customer's country.",
    Reason.MIN_GAP: "The customer was written to a short while ago.",
    Reason.IN_FLIGHT: "A message is on its way, and its outcome isn't known yet.",
    Reason.PAYMENTS_STALE: "What was paid lately isn't known for certain just now.",
    Reason.QUOTA_SHORT: "Little is left of what may be sent today; more urgent messages go first.",
    Reason.FOLLOWS_LEADING: "Another invoice, the oldest due one of the account, is its clock.",
    Reason.PAYMENT_DEADLINE: "The customer was given time to pay, which isn't over yet.",
    Reason.QUIET_DAYS: "There was a contact with the customer a short while ago.",
    Reason.CONTACT_CAP: "The customer was contacted as often as the sequence allows in seven days.",
    Reason.CALL_RULES: "The rules for calls allow no further call about this invoice yet.",
    Reason.SERVICE_REQUESTED: "The billing system is to give the service back.",
    Reason.AWAITS_APPROVAL: "It needs approval, which nobody has given yet.",
    Reason.SEQUENCE_FINISHED: "The sequence has no further step.",
    Reason.SUPERSEDED: "A later step takes its place; of what was missed only the latest is done.",
    Reason.COVERED: "What was done under the sequence before stands in its place.",
    Reason.PAST_DUE_DATE: "It belongs before the due date, and could only come after it.",
    Reason.BELOW_MINIMUM: "Less is owed than the step asks for.",
    Reason.ACCOUNT_TOLD: "The customer had it about the account's other invoices; the next has it.",
    Reason.NOTHING_TO_CHARGE: "It comes to nothing: it is paid, or charged already.",
    Reason.NOT_FOR_CONSUMERS: "The law gives it between businesses only.",
    Reason.NOT_RESTRICTED: "Nothing of the service was taken away for this invoice.",
    Reason.APPROVAL_REFUSED: "Its approval was refused.",
    Reason.APPROVAL_LAPSED: "Nobody approved it by its deadline.",
    Reason.UNCONFIRMED: "Nobody could confirm that the message left, so it isn't repeated.",
    Reason.HOLD: "The case is on hold.",
    Reason.DISPUTE: "The customer disputes the invoice.",
    Reason.PROMISE: "The customer has promised to pay.",
    Reason.PLAN: "The customer pays by a plan.",
    Reason.PAYMENT_PROCESSING: "A payment is being processed.",
    Reason.HANDED_OVER: "The case was handed over to an agency or a lawyer.",
    Reason.PAID: "The invoice is settled.",
    Reason.VOID: "The invoice is void.",
    Reason.WRITTEN_OFF: "The invoice is written off.",
}

MAY_MOVE = "Messages about other invoices may put it off."
_SATURDAY = 5


def sentence(reason: str) -> str:
    """Say a reason in a sentence; a provider's own reason is quoted."""
    if reason in set(Reason):
        return SENTENCES[Reason(reason)]
    return f"The provider's reason was: {reason}."


def moved(planned: date, day: date, reason: Reason) -> str | None:
    """Say why something planned for one local day takes place on another; None: it doesn't."""
    because = {
        Reason.CLOSED_DAY: "because of the weekend"
        if planned.weekday() >= _SATURDAY
        else "since messages don't go out on that weekday",
        Reason.PUBLIC_HOLIDAY: "because of a public holiday",
        Reason.MIN_GAP: "to keep the gap between messages",
        Reason.QUIET_DAYS: "to keep the days after a contact quiet",
        Reason.CONTACT_CAP: "to keep to the most contacts in seven days",
        Reason.CALL_RULES: "to keep to the rules for calls",
        Reason.PAYMENT_DEADLINE: "since the customer has time to pay until then",
        Reason.NOT_YET_DUE: "to keep the distance from what came before",
    }.get(reason)
    if because is None or planned == day:
        return None
    return f"Planned for {day} instead of {planned}, {because}."
