"""The items of the table, as PynamoDB models.

They describe items only: no table name, no region, no client. `kind` tells them apart, and every
item that the stream tells of carries who changed it, why and when (`by`, `why`, `at`).
"""

from chalicelib.storage.items.agreements import PaymentPlanItem, PromiseItem
from chalicelib.storage.items.base import Item, ListedItem, RecordItem
from chalicelib.storage.items.disputes import DisputeItem
from chalicelib.storage.items.others import (
    ApiKeyItem,
    CreditorItem,
    DeliveryItem,
    EventItem,
    ListedCreditorItem,
    LostStretchItem,
    MarkItem,
    MigrationItem,
    OwnTemplateItem,
    PaymentMarkItem,
    PlaceItem,
    ReferenceItem,
    RequestCountItem,
    RestorationItem,
    SegmentItem,
    SequenceItem,
    WebhookEndpointItem,
)
from chalicelib.storage.items.records import (
    CaseItem,
    ChargeItem,
    CommunicationItem,
    CreditNoteItem,
    CustomerItem,
    InvoiceItem,
    PaymentItem,
    TaskItem,
    TestClockItem,
)
from chalicelib.storage.items.services import ServiceItem

__all__ = [
    "ApiKeyItem",
    "CaseItem",
    "ChargeItem",
    "CommunicationItem",
    "CreditNoteItem",
    "CreditorItem",
    "CustomerItem",
    "DeliveryItem",
    "DisputeItem",
    "EventItem",
    "InvoiceItem",
    "Item",
    "ListedCreditorItem",
    "ListedItem",
    "LostStretchItem",
    "MarkItem",
    "MigrationItem",
    "OwnTemplateItem",
    "PaymentItem",
    "PaymentMarkItem",
    "PaymentPlanItem",
    "PlaceItem",
    "PromiseItem",
    "RecordItem",
    "ReferenceItem",
    "RequestCountItem",
    "RestorationItem",
    "SegmentItem",
    "SequenceItem",
    "ServiceItem",
    "TaskItem",
    "TestClockItem",
    "WebhookEndpointItem",
]
