"""Every port in one bundle: what a use case is given."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.ports.configuration import Configuration
from chalicelib.ports.due import DueIndex
from chalicelib.ports.fingerprints import Fingerprints
from chalicelib.ports.letters import Documents, LetterGateway
from chalicelib.ports.messages import EmailGateway, Links, Renderer, SmsGateway
from chalicelib.ports.payment_marks import PaymentMarks
from chalicelib.ports.payments import PaymentProvider
from chalicelib.ports.storage import Ledger
from chalicelib.ports.traffic import SendingLimits, Throttle
from chalicelib.ports.webhooks import SigningSecrets, WebhookEndpoints, WebhookGateway
from chalicelib.ports.worklist import Worklist
from chalicelib.ports.world import Chance, Clock, Queues


@dataclass(frozen=True, slots=True)
class Ports:
    """The world as services see it. `delivers_test_mode`: hand test messages to the gateways."""

    clock: Clock
    chance: Chance
    ledger: Ledger
    due: DueIndex
    configuration: Configuration
    queues: Queues
    email: EmailGateway
    sms: SmsGateway
    renderer: Renderer
    links: Links
    payments: PaymentProvider
    throttle: Throttle
    sending: SendingLimits
    payment_marks: PaymentMarks
    fingerprints: Fingerprints
    endpoints: WebhookEndpoints
    webhooks: WebhookGateway
    signing: SigningSecrets
    documents: Documents
    letters: LetterGateway
    worklist: Worklist
    delivers_test_mode: bool = False
    shards: int = 8
