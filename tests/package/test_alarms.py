"""Alarms on our own metrics: CloudWatch never says that an alarm's dimensions match nothing."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.invariants import Rule
from chalicelib.domain.quota import KEPT_BACK, Urgency
from chalicelib.handlers.functions.check_invariants import DIFFER, METRIC
from chalicelib.handlers.functions.follow_up import PUT_OFF
from chalicelib.handlers.functions.sweep import QUOTA_LEFT
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


MEASURED = {
    "PaymentsBehind": {"stage", "mode"},
    "PaymentsNewlyBehind": {"stage", "mode"},
    "PaymentEventUnreadable": {"stage", "mode"},
    "FilesChecked": {"stage"},
    METRIC: {"stage", "rule"},
    DIFFER: {"stage"},
    PUT_OFF: {"stage", "channel"},
    QUOTA_LEFT: {"stage"},
}
"""Our own metrics that alarms watch, with the dimensions that the functions' tests see leave."""


def test_an_alarm_on_a_metric_of_ours_names_its_dimensions_exactly(template: dict[str, Any]):
    watched = {
        alarm["MetricName"]: {dimension["Name"] for dimension in alarm["Dimensions"]}
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == NAMESPACE
    }

    assert watched == MEASURED


def test_test_mode_wakes_nobody(template: dict[str, Any]):
    modes = {
        dimension["Value"]
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "mode"
    }

    assert modes == {"live"}


def test_limits_of_providers_have_alarms_that_name_their_metrics_exactly(template: dict[str, Any]):
    watched = [
        (alarm["MetricName"], {each["Name"]: each["Value"] for each in alarm["Dimensions"]})
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if alarm["AlarmDescription"].endswith("docs/runbooks/sending-limits.md")
    ]
    stage = {"Ref": "Stage"}

    assert [dimensions for name, dimensions in watched if name == PUT_OFF] == [
        {"stage": stage, "channel": channel} for channel in ("email", "sms")
    ]
    assert (QUOTA_LEFT, {"stage": stage}) in watched
    assert ("SMSMonthToDateSpentUSD", {}) in watched


def test_the_alarm_rings_when_the_first_messages_wait(template: dict[str, Any]):
    [alarm] = [
        alarm
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == QUOTA_LEFT
    ]
    assert alarm["Threshold"] == KEPT_BACK[Urgency.FRIENDLY]
