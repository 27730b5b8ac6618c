"""`python -m manage.dashboard`: write the stage's dashboard into `.chalice/resources.json`.

CloudWatch takes a dashboard as one text of JSON. What is on it stands here, readable; the text is
made of it, a line per widget. It is read from the top: is it well, what does it do, what does it
cost. Whoever is called at night starts at the alarms and goes down.

Sums are per period of a graph, ages in seconds, money in US dollars.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chalicelib.domain.invariants import Rule
from chalicelib.handlers.functions.batch import FAILED
from chalicelib.handlers.functions.check_invariants import DIFFER, METRIC
from chalicelib.handlers.functions.follow_up import PUT_OFF
from chalicelib.handlers.functions.project_changes import HAPPENED
from chalicelib.handlers.functions.publish_event import DELIVERED, GIVEN_UP
from chalicelib.handlers.functions.publish_event import FAILED as NOT_TAKEN
from chalicelib.handlers.functions.sweep import QUOTA_LEFT
from chalicelib.handlers.functions.sweep_shard import OLDEST
from chalicelib.observability import NAMESPACE
from chalicelib.storage.telling import METRIC as UNREADABLE

RESOURCES = Path(__file__).parents[1] / ".chalice" / "resources.json"
NAME = "Dashboard"
COLUMNS = 24
MINUTES, HOURS, DAYS = 300, 3600, 86_400

Json = dict[str, Any]
Line = list[Any]
"""A metric as CloudWatch writes it: namespace, name, dimensions by turns, then how to draw it."""

CHANNELS = ("Email", "Sms", "Action")
QUEUES = ("Sweep", *CHANNELS, "Letter", "Clock", "Nightly", "Webhook")
DEAD_LETTERS = (*QUEUES, "Changes", "MailEvents", "InboundSms")
FUNCTIONS = (
    "APIHandler", "Sweep", "SweepShard", "SendEmail", "SendSms", "PostLetter", "RunAction",
    "ReceiveEmailEvent", "ReceiveSms", "ProjectChanges", "PublishEvent", "CatchUpPayments",
    "AdvanceClock", "Nightly", "CheckInvariants",
)  # fmt: skip
MESSAGES = ("communication.sent", "communication.failed", "communication.unconfirmed")
MONEY = ("invoice.created", "invoice.paid", "payment.recorded", "payment.failed")


def dashboard(template: Json) -> Json:
    """Return the dashboard's resource for a template with these resources."""
    alarms = [
        name
        for name, each in template["Resources"].items()
        if each.get("Type") == "AWS::CloudWatch::Alarm"
    ]
    rows = [*_is_it_well(alarms), *_what_it_does(), *_what_it_costs()]
    body: list[Any] = ['{"widgets":[']
    for number, widget in enumerate(_placed(rows)):
        text = json.dumps(widget, ensure_ascii=False, separators=(",", ":"))
        body += [","] * bool(number) + [{"Fn::Sub": text}]
    name = {"Fn::Sub": "dunlin-${Stage}"}
    properties = {"DashboardName": name, "DashboardBody": {"Fn::Join": ["", [*body, "]}"]]}}
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}


def _is_it_well(alarms: Iterable[str]) -> Iterable[Sequence[Json]]:
    yield [_text("# Is it well?", "An alarm's description names its runbook in `docs/runbooks`.")]
    yield [_alarms("Alarms", [f"${{{name}.Arn}}" for name in alarms])]
    yield [
        _graph("Oldest due step (s)", [_own(OLDEST)], "Maximum"),
        _graph(
            "Creditors whose live payments aren't known",
            [_own(name, mode="live") for name in ("PaymentsBehind", "PaymentsNewlyBehind")],
            "Maximum",
        ),
        _graph("Broken invariants", [_own(METRIC, rule=each.value) for each in Rule], "Sum", HOURS),
    ]
    yield [
        _graph("Waiting since (s)", _of_queues("ApproximateAgeOfOldestMessage", QUEUES), "Maximum"),
        _graph("Waiting", _of_queues("ApproximateNumberOfMessagesVisible", QUEUES), "Maximum"),
        _graph(
            "Dead letters",
            _of_queues("ApproximateNumberOfMessagesVisible", DEAD_LETTERS, "DeadLetters"),
            "Maximum",
        ),
    ]
    yield [
        _graph("Errors of functions", [_own(FAILED), *_of_functions("Errors")], "Sum"),
        _graph("Answers of the API", [_api("Count"), _api("4XXError"), _api("5XXError")], "Sum"),
        _graph("Time of the API's answers (ms)", [_api("Latency")], "p95"),
    ]
    yield [
        _graph(
            "Payments that differ, or can't be read",
            [_own(DIFFER), _own("PaymentEventUnreadable", mode="live")],
            "Sum",
            HOURS,
        ),
        _graph("Files looked at in the night", [_own("FilesChecked")], "Sum", HOURS),
        _graph(
            "Changes told late (ms)",
            [["AWS/Lambda", "IteratorAge", "FunctionName", "${ProjectChanges}"]],
            "Maximum",
        ),
    ]


def _what_it_does() -> Iterable[Sequence[Json]]:
    yield [_text("# What does it do?", "Live mode. The reports have the exact figures.")]
    yield [
        _graph("Messages", [_happened(each) for each in MESSAGES], "Sum", HOURS),
        _graph("Invoices and payments", [_happened(each) for each in MONEY], "Sum", HOURS),
        _graph("Put off, as the provider was busy", _put_off(), "Sum"),
    ]
    yield [
        _graph("Events that endpoints took", [_own(DELIVERED)], "Sum", HOURS),
        _graph("Attempts that failed, given up", [_own(NOT_TAKEN), _own(GIVEN_UP)], "Sum", HOURS),
        _graph("Endpoints that can't be read", [_own(UNREADABLE, mode="live")], "Sum", HOURS),
    ]
    yield [
        _graph("E-mails left of the day (%)", [_own(QUOTA_LEFT)], "Minimum"),
        _graph("Bounces (1 = all)", [["AWS/SES", "Reputation.BounceRate"]], "Maximum", HOURS),
        _graph("Complaints (1 = all)", [["AWS/SES", "Reputation.ComplaintRate"]], "Maximum", HOURS),
    ]


def _what_it_costs() -> Iterable[Sequence[Json]]:
    consumed = ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
    table: Line = ["TableName", "${Ledger}"]
    indexes = [[*table, "GlobalSecondaryIndexName", index] for index in ("due", "list")]
    yield [_text("# What does it cost?", "The budget tells the alarms' topic; see `cost.md`.")]
    yield [
        _graph(
            "DynamoDB units",
            [["AWS/DynamoDB", name, *which] for which in (table, *indexes) for name in consumed],
            "Sum",
            HOURS,
        ),
        _graph("Lambda: processor time (ms)", _of_functions("Duration"), "Sum", HOURS),
        _graph("Lambda: at once", _of_functions("ConcurrentExecutions"), "Maximum"),
    ]
    yield [
        _graph("Lambda: calls", _of_functions("Invocations"), "Sum", HOURS),
        _graph("Lambda: held back", _of_functions("Throttles"), "Sum"),
        _graph("SMS this month (USD)", [["AWS/SNS", "SMSMonthToDateSpentUSD"]], "Maximum", DAYS),
    ]


def _own(name: str, **dimensions: str) -> Line:
    return [
        NAMESPACE,
        name,
        "stage",
        "${Stage}",
        *(part for each in dimensions.items() for part in each),
    ]


def _happened(event_type: str) -> Line:
    return _own(HAPPENED, mode="live", type=event_type)


def _put_off() -> list[Line]:
    return [_own(PUT_OFF, channel=channel) for channel in ("email", "sms")]


def _of_queues(metric: str, queues: Iterable[str], kind: str = "Queue") -> list[Line]:
    return [["AWS/SQS", metric, "QueueName", f"${{{each}{kind}.QueueName}}"] for each in queues]


def _of_functions(metric: str) -> list[Line]:
    return [["AWS/Lambda", metric, "FunctionName", f"${{{each}}}"] for each in FUNCTIONS]


def _api(metric: str) -> Line:
    return ["AWS/ApiGateway", metric, "ApiName", "dunlin-${Stage}", "Stage", "api"]


def _text(*lines: str) -> Json:
    return {"type": "text", "height": 2, "properties": {"markdown": "\n".join(lines)}}


def _alarms(title: str, names: list[str]) -> Json:
    return {"type": "alarm", "height": 6, "properties": {"title": title, "alarms": names}}


def _graph(title: str, lines: list[Line], statistic: str, period: int = MINUTES) -> Json:
    properties = {
        "title": title,
        "region": "${AWS::Region}",
        "stat": statistic,
        "period": period,
        "yAxis": {"left": {"min": 0}},
        "metrics": lines,
    }
    return {"type": "metric", "height": 6, "properties": properties}


def _placed(rows: Iterable[Sequence[Json]]) -> Iterable[Json]:
    """Give each widget its place: those of a row share its width."""
    y = 0
    for row in rows:
        width = COLUMNS // len(row)
        for column, widget in enumerate(row):
            yield {**widget, "x": column * width, "y": y, "width": width}
        y += max(widget["height"] for widget in row)


def main() -> int:
    """Write the dashboard anew."""
    template = json.loads(RESOURCES.read_text())
    template["Resources"][NAME] = dashboard(template)
    RESOURCES.write_text(json.dumps(template, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
