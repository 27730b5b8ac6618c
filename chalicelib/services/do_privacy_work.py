"""The messages of the action queue that are about personal data, and what each asks for.

| `privacy` | what |
|---|---|
| `erase` | go on with an erasure, from a position in the file |
| `expire` | take away what messages and notes said, where their time is up |
| `retire` | erase a customer of whom nothing was heard for as long as the creditor keeps them |
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.all import Ports
from chalicelib.services.finish_erasure import finish_erasure, pass_in
from chalicelib.services.keep_retention import expire, retire


def do_privacy_work(ports: Ports, message: Mapping[str, str]) -> None:
    """Do what one message asks for. Raises ValueError for a kind that there isn't."""
    tenant, customer = tenant_of(message["tenant"]), message["customer"]
    match message["privacy"]:
        case "erase":
            finish_erasure(ports, tenant, customer, pass_in(message))
        case "expire":
            at = message.get("after", ""), int(message.get("passed_over", 0))
            expire(ports, tenant, customer, *at)
        case "retire":
            retire(ports, tenant, customer)
        case other:
            raise ValueError(f"{other!r} is no work on personal data")
