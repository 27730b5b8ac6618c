"""What is done with a file before anything is decided on it: promises judged, and confirmed.

Where a gateway doesn't take a confirmation, what other workers are to do is handed to them all the
same: one provider that takes nothing holds up none but its own channel.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Send
from chalicelib.domain.kinds import queue_of
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import now_of, rules_for
from chalicelib.services.confirm import confirm
from chalicelib.services.hand_over import HandOver, hand_over
from chalicelib.services.judge_overdue import judge_overdue
from chalicelib.services.payments_known import stale_until
from chalicelib.services.sending_quotas import quotas
from chalicelib.services.try_later import TryLaterError


def before_deciding(
    ports: Ports, file: CustomerFile | None, channel: str | None, others: HandOver
) -> CustomerFile | None:
    """Return the file as it then stands; `others` says what becomes of other workers' steps.

    Raises WriteConflictError where somebody changed it meanwhile, TryLaterError where a gateway
    can't take a confirmation now.
    """
    if (judged := judge_overdue(ports, file)) is None:
        return None
    try:
        return confirm(ports, judged, channel)
    except TryLaterError:
        if others is HandOver.ALWAYS:
            _pass_on(ports, judged.customer.tenant, judged.customer.id, channel)
        raise


def rules_now(ports: Ports, file: CustomerFile, channel: str | None, now: datetime) -> Rules:
    """Return by what is decided on the file now, for the worker of a channel (None: of all)."""
    return replace(
        rules_for(ports, file.customer.tenant, file.cases),
        payments_stale_until=stale_until(ports, file.customer, now),
        quotas=quotas(ports, file.customer, now) if channel in {None, "email"} else None,
    )


def _pass_on(ports: Ports, tenant: Tenant, customer_id: str, channel: str | None) -> None:
    """Tell the workers of what is due that isn't this one's; they decide anew."""
    file = ports.ledger.file(tenant, customer_id)  # the confirmations before it have changed it
    if file is None or channel is None:
        return
    now = now_of(ports, file.customer)
    decisions = decide(file, rules_now(ports, file, channel, now), now)
    due = [each.channel for each in decisions if isinstance(each, Send)]
    due += [each.do for each in decisions if isinstance(each, Act)]
    words = [each for each in due if queue_of(each) != channel]
    hand_over(ports, file.customer, words, passed_on=True)
