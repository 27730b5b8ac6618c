"""What people and billing systems do at the worst moment: by the API, and customers at the bank."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.invoice import Invoice
from chalicelib.domain.service import service_id
from tests.endings import require
from tests.simulation.clerks import Clerks
from tests.simulation.client import Client
from tests.simulation.objectors import Objectors
from tests.simulation.owners import Owners, instant
from tests.simulation.payers import How, Payers
from tests.simulation.planners import Planners
from tests.simulation.scene import Deed, Order, Party, Person
from tests.simulation.strategists import Strategists
from tests.simulation.tellers import Tellers
from tests.simulation.texters import Texters

if TYPE_CHECKING:
    from tests.simulation.life import Life


LISTS = (
    "/v1/invoices",
    "/v1/cases",
    "/v1/tasks",
    "/v1/communications",
    "/v1/disputes",
    "/v1/services",
)
CHARGES: dict[str, dict[str, Any]] = {
    "fee": {"kind": "fee", "amount": 5_00},
    "share": {"kind": "fee", "percent": "2.5", "at_least": 1},
    "interest": {"kind": "interest"},
    "agreed": {"kind": "interest", "percent": "36.5"},
    "compensation": {"kind": "compensation"},
}


class People(Payers, Objectors, Planners, Owners, Strategists, Clerks, Tellers, Texters):
    """Everybody outside of Dunlin who acts on one party's invoices."""

    def __init__(self, life: Life, party: Party) -> None:
        self._life, self.party = life, party
        self._random = life.branch()
        self.client = Client(life, party.tenant)
        self.clock: str | None = None

    def arrive(self) -> None:
        """Let everything of the party happen at its moment; its test clock is there first."""
        self._life.scheduler.at(self._life.start, self._arrive)

    def _arrive(self) -> None:
        if self.party.advances:
            self.keep_a_clock()
        for person in self.party.persons:
            for order in person.orders:
                self._life.scheduler.at(order.at, partial(self._post, person, order))

    def _post(self, person: Person, order: Order) -> None:
        """Post an invoice, and let happen what is done about it."""
        who = {
            "name": person.name,
            "country": person.country,
            "locale": "en",
            "timezone": person.timezone,
            "external_id": person.external_id,
            "email": person.email,
            "phone": person.phone,
            "address": _address(person),
            "contact_hours": _hours(person),
            "test_clock": self.clock,
        }
        document = {
            "number": order.number,
            "customer": {name: fact for name, fact in who.items() if fact is not None},
            "currency": order.currency,
            "amount": order.amount,
            "issue_date": min(order.due, order.at.date()).isoformat(),
            "due_date": order.due.isoformat(),
        }
        once = self._random.random() < 0.5
        told = self.client.post(f"post {order.number}", "/v1/invoices", document, once=once)
        if not told:
            return
        invoice = self._life.ledger.invoice(self.party.tenant, told["id"])
        require(invoice, f"I7: {order.number} got lost")
        assert invoice is not None
        for deed in order.deeds:
            self._life.scheduler.at(deed.at, partial(self._do, deed, invoice))

    def _do(self, deed: Deed, invoice: Invoice) -> None:
        getattr(self, deed.what)(invoice, deed.how)

    def transfer(self, invoice: Invoice, how: How) -> None:
        """Record a bank transfer."""
        document = {
            "amount": self._some(invoice, str(how["share"])),
            "currency": invoice.currency.code,
            "paid_at": instant(self._life.scheduler.now()),
            "method": "bank_transfer",
        }
        name = f"pay {invoice.number} {document['amount']}"
        self.client.post(name, f"/v1/invoices/{invoice.id}/payments", document)
        self._perhaps_erase(invoice, how)

    def credit(self, invoice: Invoice, how: How) -> None:
        """Lower an invoice."""
        amount = max(1, self.left(invoice) // int(how["of"] or 1))
        document = {
            "amount": amount,
            "currency": invoice.currency.code,
            "reason": "goods returned",
        }
        path = f"/v1/invoices/{invoice.id}/credit_notes"
        self.client.post(f"credit {invoice.number} {amount}", path, document)

    def charge(self, invoice: Invoice, how: How) -> None:
        """Charge what is asked of late payers, and waive some of it later."""
        document = dict(CHARGES[str(how["kind"])])
        if "amount" in document:
            document["currency"] = invoice.currency.code
        path = f"/v1/invoices/{invoice.id}/charges"
        told = self.client.post(f"charge {how['kind']} on {invoice.number}", path, document)
        if told and how["waive_after"] is not None:
            waive = partial(self._waive, told["id"], how)
            self._life.scheduler.after(float(how["waive_after"]), waive)

    def _waive(self, charge_id: str, how: How) -> None:
        document = {"reason": "goodwill"} | ({"amount": 1} if how["in_part"] else {})
        self.client.post(f"waive {charge_id}", f"/v1/charges/{charge_id}/waive", document)

    def void(self, invoice: Invoice, how: How) -> None:
        """Take an invoice back."""
        self._post_about(invoice, "void")
        self._perhaps_erase(invoice, how)

    def write_off(self, invoice: Invoice, how: How) -> None:
        """Give an invoice up."""
        self._post_about(invoice, "write_off")
        self._perhaps_erase(invoice, how)

    def hold(self, invoice: Invoice, how: How) -> None:
        """Hold a case back for some days, by its end or by letting it go on."""
        until = self._life.scheduler.now() + timedelta(days=float(how["days"] or 0))
        document: dict[str, object] = {"reason": "asked to wait"}
        if not how["endless"]:
            document |= {"until": instant(until), "confirm": True}
        path = f"/v1/cases/{invoice.case_id}/pause"
        self.client.post(f"hold {invoice.number}", path, document)
        if how["endless"]:
            self._life.scheduler.at(until, partial(self._resume, invoice))

    def _resume(self, invoice: Invoice) -> None:
        path = f"/v1/cases/{invoice.case_id}/resume"
        self.client.post(f"resume {invoice.number}", path)

    def hand_back(self, invoice: Invoice, _how: How) -> None:
        """Let a case go on that an agency had, if it had it."""
        path = f"/v1/cases/{invoice.case_id}/hand_back"
        self.client.post(f"hand back {invoice.number}", path)

    def correct_address(self, invoice: Invoice, how: How) -> None:
        """Give a customer another address."""
        path = f"/v1/customers/{invoice.customer_id}"
        self.client.patch(f"new address {how['to']}", path, {"email": how["to"]})

    def opt_out(self, invoice: Invoice, _how: How) -> None:
        """Let a customer answer STOP to the next SMS."""
        customer = self._life.ledger.customer(invoice.tenant, invoice.customer_id)
        if customer and customer.phone:
            self._life.sms.opted_out.add(customer.phone)

    def erase(self, invoice: Invoice, _how: How) -> None:
        """Let a customer be forgotten."""
        path = f"/v1/customers/{invoice.customer_id}/erase"
        name = f"erase the customer of {invoice.number}"
        self.client.post(name, path, {"reason": "objection"}, admin=True)

    def export(self, invoice: Invoice, _how: How) -> None:
        """Ask for all that is stored of a customer."""
        self.client.get(f"/v1/customers/{invoice.customer_id}/export", admin=True)

    def look(self, invoice: Invoice, _how: How) -> None:
        """Read what there is, also by an id of somebody else's."""
        for path in (
            f"/v1/invoices/{invoice.id}",
            f"/v1/customers/{invoice.customer_id}",
            f"/v1/cases/{invoice.case_id}",
            f"/v1/payments?customer={invoice.customer_id}",
            f"/v1/charges?invoice={invoice.id}",
            f"/v1/promises?customer={invoice.customer_id}",
            f"/v1/payment_plans?customer={invoice.customer_id}",
            f"/v1/invoices?number={invoice.number}",
            f"/v1/disputes?customer={invoice.customer_id}",
            f"/v1/services/{service_id(invoice.customer_id)}",
            self._random.choice(LISTS),
        ):
            self.client.get(path)
        others = [
            each for key, each in self._life.ledger._records.items() if key[0] != invoice.tenant.key
        ]
        foreign = [each.id for each in others if isinstance(each, Invoice)]
        if foreign:
            path = f"/v1/invoices/{self._random.choice(foreign)}"
            require(self.client.get(path) is None, f"I6: {path} is shown to {invoice.tenant.key}")

    def _post_about(self, invoice: Invoice, what: str) -> None:
        self.client.post(f"{what} {invoice.number}", f"/v1/invoices/{invoice.id}/{what}")

    def _perhaps_erase(self, invoice: Invoice, how: How) -> None:
        """Whoever has just been left alone wants to be forgotten, while messages are under way."""
        if (wait := how.get("erase_after")) is not None:
            self._life.scheduler.after(float(wait), partial(self.erase, invoice, {}))

    def _some(self, invoice: Invoice, share: str) -> int:
        """All of it, a part, more than is owed, or all that the customer owes."""
        left = self.left(invoice) or invoice.amount
        customer = self._life.ledger.customer(invoice.tenant, invoice.customer_id)
        everything = customer.balance.get(invoice.currency.code, left) if customer else left
        amounts = {
            "all": left,
            "part": max(1, left // 3),
            "amount": invoice.amount,
            "over": left + 1_00,
            "everything": everything,
        }
        return amounts[share]


def _hours(person: Person) -> dict[str, Any] | None:
    if person.hours is None:
        return None
    days, opens, closes = person.hours
    return {"days": list(days), "from": opens, "to": closes}


def _address(person: Person) -> dict[str, Any] | None:
    """Return where letters reach a person, if they do."""
    if person.street is None:
        return None
    return {"lines": [person.street], "city": "Ort", "country": person.country}
