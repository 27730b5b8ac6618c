"""SMS through SNS: the opt-out list can be asked before, and a message is published once."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from chalicelib.gateways.aws import Client, client
from chalicelib.gateways.handing_over import (
    INVALID,
    OPTED_OUT,
    REJECTED,
    answered,
    hand_over,
    misconfigured,
    not_now,
    refused,
    unanswered,
)
from chalicelib.ports.messages import Delivery, Handover, SmsMessage
from chalicelib.ports.world import Clock

CHECK_SECONDS = 2.0
"""How long the opt-out list may take to answer. Without an answer nothing is sent now."""

CONFIGURATION_CODES = frozenset(
    {
        "AuthorizationError",
        "EndpointDisabled",
        "InvalidSecurity",
        "KMSAccessDenied",
        "KMSDisabled",
        "KMSInvalidState",
        "KMSNotFound",
        "KMSOptInRequired",
        "NotFound",
        "PlatformApplicationDisabled",
        "ValidationException",
    }
)
MESSAGE_CODES = frozenset({"InvalidParameter", "ParameterValueInvalid"})
UNKNOWN_CODES = frozenset({"InternalError"})

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
_NO_SENDER_ID = "+1"
"""Carriers of the USA and Canada don't show sender ids; the number from the pool is used."""


def checking_client() -> Client:
    """Return what makes the client that asks the opt-out list."""
    return client(
        "sns",
        connect_timeout=CHECK_SECONDS,
        read_timeout=CHECK_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )


class SnsSmsGateway:
    """Sends SMS through SNS.

    `publishing` gives the `sns` client for `Publish`, `checking` the one that asks the opt-out list
    (it may be the same). `max_price` is the most that one segment may cost, in US dollars as SNS
    takes it ("0.50").
    """

    def __init__(
        self, publishing: Client, checking: Client, clock: Clock, *, max_price: str | None = None
    ) -> None:
        self._client = publishing
        self._clock = clock
        self._checking = checking
        self._max_price = max_price

    def send(self, message: SmsMessage, deadline: datetime) -> Handover:
        if not _E164.fullmatch(message.to):
            return refused(INVALID)
        return hand_over(
            lambda: self._publish(message), verdict, clock=self._clock, deadline=deadline
        )

    def refusal(self, to: str) -> Handover | None:
        """Return why nothing may be sent to the number; asking sends nothing, so never UNKNOWN."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not _E164.fullmatch(to):
            return refused(INVALID)
        try:
            answer = self._checking().check_if_phone_number_is_opted_out(phoneNumber=to)
        except ClientError as error:
            failed = answered(error.response, verdict)
        except BotoCoreError as error:
            failed = unanswered(error)
        else:
            return refused(OPTED_OUT) if answer["isOptedOut"] else None
        return not_now("opt-out unknown") if failed.delivery is Delivery.UNKNOWN else failed

    def _publish(self, message: SmsMessage) -> str:
        attributes = {"AWS.SNS.SMS.SMSType": _string("Transactional")}
        if self._max_price:
            attributes["AWS.SNS.SMS.MaxPrice"] = {
                "DataType": "Number",
                "StringValue": self._max_price,
            }
        if message.sender_number:
            attributes["AWS.MM.SMS.OriginationNumber"] = _string(message.sender_number)
        elif sender_id := shown_sender(message):
            attributes["AWS.SNS.SMS.SenderID"] = _string(sender_id)
        answer = self._client().publish(
            PhoneNumber=message.to, Message=message.text, MessageAttributes=attributes
        )
        return str(answer["MessageId"])


def verdict(code: str, message: str) -> Handover | None:
    """Return what an error of Publish or CheckIfPhoneNumberIsOptedOut means."""
    if code in MESSAGE_CODES:
        about = message.lower()
        if "opted out" in about:
            return refused(OPTED_OUT)
        if "phonenumber" in about.replace(" ", ""):
            return refused(INVALID)
        return refused(REJECTED) if "message" in about.split("reason")[0] else misconfigured(code)
    if code in CONFIGURATION_CODES:
        return misconfigured(code)
    if code in UNKNOWN_CODES:
        return Handover(Delivery.UNKNOWN, reason=f"failure inside AWS: {code}")
    return None


def shown_sender(message: SmsMessage) -> str | None:
    """Return the sender id if the number's country shows one and SNS takes it."""
    wanted = message.sender_id
    if wanted is None or message.to.startswith(_NO_SENDER_ID) or not _SENDER_ID.fullmatch(wanted):
        return None
    return wanted


def _string(value: str) -> dict[str, Any]:
    return {"DataType": "String", "StringValue": value}
