"""`python -m local.create_creditor`: makes the sample creditor and prints its id and keys as JSON.

Runs with the environment of the deployed functions.
"""

import json

from chalicelib import bootstrap
from chalicelib.domain.creditor import BankDetails, Creditor
from chalicelib.services.create_creditor import create_creditor, new_creditor_id

SMS_NUMBER = "+4930230125001"


def main() -> None:
    """Create and print; the keys can't be read again later."""
    ports = bootstrap.ports()
    created = create_creditor(
        ports,
        Creditor(
            id=new_creditor_id(ports),
            name="Blauwasser Werke GmbH",
            sender_email="billing@blauwasser.example.com",
            reply_to="accounts@blauwasser.example.com",
            country="DE",
            phone="+49 30 230125000",  # from the range kept for films
            address=("Uferweg 12", "10115 Berlin"),
            website="https://blauwasser.example.com",
            sms_sender_id="Blauwasser",
            sms_number=SMS_NUMBER,
            bank=BankDetails("Blauwasser Werke GmbH", "DE89370400440532013000", "COBADEFFXXX"),
            created_at=ports.clock.now(),
        ),
    )
    answer = {
        "creditor_id": created.creditor.id,
        "api_key": created.live_key,
        "sandbox_api_key": created.test_key,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
