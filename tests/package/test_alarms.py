"""Alarms on our own metrics: CloudWatch never says that an alarm's dimensions match nothing."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.invariants import Rule
from chalicelib.handlers.functions.check_invariants import DIFFER, METRIC
from chalicelib.observability import NAMESPACE
from tests.package.test_template import resources


def test_every_rule_has_an_alarm_that_names_its_metric_exactly(template: dict[str, Any]):
    watched = [
        {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if (alarm["Namespace"], alarm["MetricName"]) == (NAMESPACE, METRIC)
    ]

    assert sorted(each["rule"] for each in watched) == sorted(Rule)
    assert all(each.keys() == {"rule", "stage"} for each in watched)
    assert all(each["stage"] == {"Ref": "Stage"} for each in watched)


def test_a_payment_that_differs_has_an_alarm_that_names_its_metric_exactly(
    template: dict[str, Any],
):
    [dimensions] = [
        alarm["Dimensions"]
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if (alarm["Namespace"], alarm["MetricName"]) == (NAMESPACE, DIFFER)
    ]

    assert dimensions == [{"Name": "stage", "Value": {"Ref": "Stage"}}]
