"""Alarms on our own metrics: CloudWatch never says that an alarm's dimensions match nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.domain.invariants import Rule
from chalicelib.domain.quota import KEPT_BACK, Urgency
from chalicelib.handlers.functions.batch import FAILED
from chalicelib.handlers.functions.check_invariants import DIFFER, METRIC
from chalicelib.handlers.functions.follow_up import PUT_OFF, REFUSED
from chalicelib.handlers.functions.sweep import QUOTA_LEFT
from chalicelib.handlers.functions.sweep_shard import OLDEST
from chalicelib.observability import NAMESPACE
from chalicelib.rendering.own.telling import METRIC as OWN_TEXT_UNUSABLE
from chalicelib.services.stragglers import AFTER as STRAGGLES_AFTER
from chalicelib.services.stragglers import CHANNEL_QUEUES
from chalicelib.storage.telling import METRIC as ENDPOINT_UNREADABLE
from local.layout import ROOT
from tests.package.test_template import Template, resources


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
    OWN_TEXT_UNUSABLE: {"stage", "mode"},
    ENDPOINT_UNREADABLE: {"stage", "mode"},
    "FilesChecked": {"stage"},
    METRIC: {"stage", "rule"},
    DIFFER: {"stage"},
    PUT_OFF: {"stage", "channel"},
    REFUSED: {"stage"},
    QUOTA_LEFT: {"stage"},
    OLDEST: {"stage"},
    FAILED: {"stage"},
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


def the_alarm(template: dict[str, Any], metric: str) -> dict[str, Any]:
    [alarm] = [
        alarm
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == metric
    ]
    return alarm


def test_an_old_step_rings_after_it_was_handed_over_in_vain_and_so_does_silence(
    template: dict[str, Any],
):
    alarm = the_alarm(template, OLDEST)

    assert alarm["Threshold"] > 3 * STRAGGLES_AFTER.total_seconds()
    assert alarm["Period"] == STRAGGLES_AFTER.total_seconds(), "each value of a straggler sweep"
    assert (alarm["Statistic"], alarm["TreatMissingData"]) == ("Maximum", "breaching")


REVIEWED_FROM = {"Reputation.BounceRate": 0.05, "Reputation.ComplaintRate": 0.001}
"""Amazon SES Developer Guide, Reputation metrics messages: from here an account is under review."""


@pytest.mark.parametrize("metric", REVIEWED_FROM)
def test_the_account_s_reputation_rings_before_ses_reviews_it(
    template: dict[str, Any], metric: str
):
    alarm = the_alarm(template, metric)

    assert (alarm["Namespace"], alarm["Dimensions"]) == ("AWS/SES", [])
    assert 0.5 < alarm["Threshold"] / REVIEWED_FROM[metric] < 1


def test_every_channel_s_queue_has_an_alarm_on_what_waits_in_it(template: dict[str, Any]):
    found = {
        alarm["AlarmName"]["Fn::Sub"]: alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if alarm["Threshold"] == {"Ref": "BacklogAlarm"}
    }

    assert found == {
        f"dunlin-${{Stage}}-{queue}-backlog": f"{queue.title()}Queue" for queue in CHANNEL_QUEUES
    }


def test_what_the_account_costs_rings_where_a_budget_is_set(template: dict[str, Any]):
    [budget] = [
        each for each in template["Resources"].values() if each["Type"] == "AWS::Budgets::Budget"
    ]
    properties = budget["Properties"]
    told = {
        subscriber["Address"]["Ref"]
        for each in properties["NotificationsWithSubscribers"]
        for subscriber in each["Subscribers"]
    }

    assert budget["Condition"] == "HasBudget"
    assert template["Parameters"]["MonthlyBudget"]["Default"] == 0
    assert properties["Budget"]["BudgetLimit"]["Amount"] == {"Ref": "MonthlyBudget"}
    assert told == {"Alarms"}


def test_whoever_tells_of_alarms_may_publish_and_use_the_topic_s_key(template: dict[str, Any]):
    tellers = {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    topics = resources(template, "AWS::SNS::TopicPolicy")
    [publish] = topics["AlarmsPolicy"]["PolicyDocument"]["Statement"]
    [encrypt] = [
        each
        for each in template["Resources"]["EncryptionKey"]["Properties"]["KeyPolicy"]["Statement"]
        if each["Sid"] == "MailEventsAndAlarmsIntoTopics"
    ]

    assert publish["Resource"] == {"Ref": "Alarms"}
    assert set(publish["Principal"]["Service"]) == tellers <= set(encrypt["Principal"]["Service"])
    own = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert publish["Condition"]["StringEquals"] == encrypt["Condition"]["StringEquals"] == own


def test_every_alarm_names_a_runbook_that_knows_it(template: Template):
    for alarm in resources(template, "AWS::CloudWatch::Alarm").values():
        path = re.search(r" Runbook: (docs/runbooks/[a-z-]+\.md)$", alarm["AlarmDescription"])
        name = alarm["AlarmName"]["Fn::Sub"].replace("${Stage}", "<stage>")
        assert path, name
        kind = re.sub("-(?:sweep|email|sms|letter|action|clock|nightly)-age$", "-<queue>-age", name)
        kind = re.sub("-(?:email|sms|letter|action)-backlog$", "-<queue>-backlog", kind)
        kind = re.sub("-[a-z-]+-dlq$", "-<queue>-dlq", kind)
        assert f"`{kind}`" in (ROOT / path[1]).read_text()


def test_the_budget_has_a_runbook_that_knows_it(template: dict[str, Any]):
    name = template["Resources"]["Budget"]["Properties"]["Budget"]["BudgetName"]["Fn::Sub"]

    runbook = (ROOT / "docs" / "runbooks" / "cost.md").read_text()
    assert f"`{name.replace('${Stage}', '<stage>')}`" in runbook
