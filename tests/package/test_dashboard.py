"""The dashboard shows what exists: CloudWatch draws an empty graph of a name that nobody knows."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.handlers.functions.project_changes import COUNTED, HAPPENED
from chalicelib.handlers.functions.publish_event import DELIVERED, GIVEN_UP
from chalicelib.handlers.functions.publish_event import FAILED as NOT_TAKEN
from chalicelib.observability import NAMESPACE
from local.layout import ROOT
from manage.dashboard import COLUMNS, DEAD_LETTERS, FUNCTIONS, NAME, QUEUES, RESOURCES, dashboard
from tests.package.test_alarms import MEASURED
from tests.package.test_template import Template, functions, resources

OWN = MEASURED | {
    HAPPENED: {"stage", "mode", "type"},
    DELIVERED: {"stage"},
    NOT_TAKEN: {"stage"},
    GIVEN_UP: {"stage"},
}

OF_AWS = {
    "AWS/Lambda": (
        {"FunctionName"},
        {"Errors", "Throttles", "Duration", "Invocations", "ConcurrentExecutions", "IteratorAge"},
    ),
    "AWS/SQS": (
        {"QueueName"},
        {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
    ),
    "AWS/ApiGateway": ({"ApiName", "Stage"}, {"Count", "4XXError", "5XXError", "Latency"}),
    "AWS/DynamoDB": (
        {"TableName", "GlobalSecondaryIndexName"},
        {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"},
    ),
    "AWS/SES": (set(), {"Reputation.BounceRate", "Reputation.ComplaintRate"}),
    "AWS/SNS": (set(), {"SMSMonthToDateSpentUSD"}),
}
"""What each service says in its guide that it publishes, and by which dimensions."""

Metric = tuple[str, str, dict[str, str]]


@pytest.fixture(scope="session")
def widgets(template: Template) -> list[dict[str, Any]]:
    [board] = resources(template, "AWS::CloudWatch::Dashboard").values()
    _, parts = board["DashboardBody"]["Fn::Join"]
    texts = [part if isinstance(part, str) else part["Fn::Sub"] for part in parts]
    return list(json.loads("".join(texts))["widgets"])


@pytest.fixture(scope="session")
def metrics(widgets: list[dict[str, Any]]) -> list[Metric]:
    lines = [line for each in widgets for line in each["properties"].get("metrics", [])]
    return [(line[0], line[1], dict(zip(line[2::2], line[3::2], strict=True))) for line in lines]


def test_it_is_the_one_that_is_written_from_the_sources():
    template = json.loads(RESOURCES.read_text())

    assert template["Resources"][NAME] == dashboard(template), "run `python -m manage.dashboard`"


def test_every_metric_of_ours_leaves_a_function_with_these_dimensions(metrics: list[Metric]):
    shown = [(name, set(found)) for namespace, name, found in metrics if namespace == NAMESPACE]

    assert shown
    for name, dimensions in shown:
        assert name in set(emitted()), name
        assert OWN[name] == dimensions, name


def test_every_other_metric_is_one_that_aws_publishes(metrics: list[Metric]):
    for namespace, name, found in metrics:
        if namespace != NAMESPACE:
            dimensions, names = OF_AWS[namespace]
            assert name in names
            assert found.keys() <= dimensions


def test_everything_that_it_names_is_in_the_template(template: Template):
    text = json.dumps(template["Resources"][NAME])
    named = set(re.findall(r"\$\{([A-Za-z0-9:]+)", text))

    assert "SendEmail" in named
    assert named <= {*template["Resources"], "Stage", "AWS::Region"}


def test_it_leaves_out_no_alarm_queue_or_function(
    template: Template, widgets: list[dict[str, Any]]
):
    [alarms] = [each["properties"]["alarms"] for each in widgets if each["type"] == "alarm"]
    all_alarms = resources(template, "AWS::CloudWatch::Alarm")
    queues = resources(template, "AWS::SQS::Queue")
    worked_on = {
        event["Properties"]["Queue"]["Fn::GetAtt"][0]
        for function in functions(template).values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    }
    dead = {name for name in queues if name.endswith("DeadLetters")}

    assert set(alarms) == {f"${{{name}.Arn}}" for name in all_alarms}
    assert len(alarms) <= 100, "CloudWatch's limit"
    assert {f"{each}Queue" for each in QUEUES} == worked_on
    assert {f"{each}DeadLetters" for each in DEAD_LETTERS} == dead
    assert set(FUNCTIONS) == functions(template).keys()


def test_all_that_is_counted_of_the_business_is_shown(metrics: list[Metric]):
    assert {found["type"] for _, name, found in metrics if name == HAPPENED} == set(COUNTED)


def test_it_is_read_from_the_top(widgets: list[dict[str, Any]]):
    ordered = sorted(widgets, key=lambda each: each["y"])
    asked = [
        each["properties"]["markdown"].splitlines()[0] for each in ordered if each["type"] == "text"
    ]

    assert asked == ["# Is it well?", "# What does it do?", "# What does it cost?"]
    assert ordered[1]["type"] == "alarm"


def test_no_widget_lies_on_another(widgets: list[dict[str, Any]]):
    rows: dict[int, list[dict[str, Any]]] = {}
    for each in widgets:
        rows.setdefault(each["y"], []).append(each)
    for row in rows.values():
        assert sum(each["width"] for each in row) <= COLUMNS
        assert all(left["x"] + left["width"] <= right["x"] for left, right in pairwise(row))
    for (y, row), (below, _) in pairwise(sorted(rows.items())):
        assert y + max(each["height"] for each in row) <= below


def emitted() -> Iterator[str]:
    """Return the names of the metrics that alarms and dashboard can name, out of the sources."""
    sources = ROOT / "chalicelib"
    functions = (sources / "handlers" / "functions").glob("*.py")
    for path in (*functions, *sources.rglob("telling.py")):
        module = ast.parse(path.read_text())
        constants = {
            target.id: node.value.value
            for node in module.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(module):
            is_metric = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_metric and node.func.id in {"gauge", "count_for_alarm"}:
                [name] = node.args[:1]
                yield name.value if isinstance(name, ast.Constant) else constants[name.id]
