"""`python -m local.text_in +4915112345678 STOP`: somebody writes to the sample creditor by SMS.

Publishes what AWS End User Messaging would (two-way SMS) to the running stack's topic.
"""

import argparse
import json
import uuid

from local.create_creditor import SMS_NUMBER
from local.layout import STAGE, Layout
from local.stack import client


def main() -> None:
    """Publish one message."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sender", help="the number that writes, as E.164 has it")
    parser.add_argument("text")
    given = parser.parse_args()
    topics = client(Layout.from_environment(), "sns")
    [topic] = [
        each["TopicArn"]
        for each in topics.list_topics()["Topics"]
        if each["TopicArn"].endswith(f":dunlin-{STAGE}-inbound-sms")
    ]
    message = {
        "originationNumber": given.sender,
        "destinationNumber": SMS_NUMBER,
        "messageKeyword": "KEYWORD",
        "messageBody": given.text,
        "inboundMessageId": str(uuid.uuid4()),
        "previousPublishedMessageId": str(uuid.uuid4()),
    }
    kind = {"DataType": "String", "StringValue": "inbound"}
    topics.publish(
        TopicArn=topic,
        Subject="inbound",
        Message=json.dumps(message),
        MessageAttributes={"kind": kind},
    )


if __name__ == "__main__":
    main()
