"""A template whose functions are published in versions, and whose callers move on bit by bit.

Every function gets the alias `live`, and whatever calls it calls the alias: queues, schedules, the
stream, the topic and the API. A deployment publishes a version and lets a tenth of the calls come
to it for five minutes (or what the parameter `Deployment` says). If one of ALARMS rings meanwhile,
CodeDeploy leads all calls back, and CloudFormation rolls the whole stack back to what it was. Every
release has a zip of its own (releases.py), so it makes new versions even if only settings changed.

It isn't part of `.chalice/resources.json`, as the embedded stack has no CodeDeploy.
"""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]

ALIAS = "live"
DEPLOYMENT = "Deployment"
STRATEGIES = (
    "Canary10Percent5Minutes",
    "Canary10Percent15Minutes",
    "Linear10PercentEvery1Minute",
    "AllAtOnce",
)
AT_ONCE = STRATEGIES[-1]
"""Also without regard to alarms, which may ring for the very fault that a release mends."""

ALARMS = (
    "ApiCrashingAlarm",
    "ApiFaultsAlarm",
    "SweepFailingAlarm",
    "CatchUpFailingAlarm",
    "MessagesFailingAlarm",
    "PaymentEventUnreadableAlarm",
    "WebhookEndpointUnreadableAlarm",
)
"""Those that a faulty release rings within minutes. CodeDeploy takes ten at most."""

_API_FUNCTION = "APIHandler"


def gradual(template: Json) -> Json:
    """Return what `chalice package` wrote, to be deployed bit by bit."""
    changed = copy.deepcopy(template)
    changed["Parameters"][DEPLOYMENT] = {
        "Type": "String",
        "Default": STRATEGIES[0],
        "AllowedValues": list(STRATEGIES),
        "Description": "How calls move on to a new version",
    }
    changed["Conditions"]["HeedsAlarms"] = {
        "Fn::Not": [{"Fn::Equals": [{"Ref": DEPLOYMENT}, AT_ONCE]}]
    }
    changed["Globals"]["Function"] |= {
        "AutoPublishAlias": ALIAS,
        # Each version keeps its 37 MB, and Lambda gives an account 75 GB.
        "VersionDeletionPolicy": "Delete",
        "DeploymentPreference": {
            "Type": {"Ref": DEPLOYMENT},
            "Alarms": {
                "Fn::If": [
                    "HeedsAlarms",
                    [{"Ref": alarm} for alarm in ALARMS],
                    [{"Ref": "AWS::NoValue"}],
                ]
            },
        },
    }
    _lead_api_to_alias(changed["Resources"])
    return changed


def _lead_api_to_alias(resources: Json) -> None:
    """SAM leads events to the alias, but Chalice wrote the API's calls out itself."""
    alias = {"Ref": f"{_API_FUNCTION}.Alias"}
    for path in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        for method in path.values():
            integration = method["x-amazon-apigateway-integration"]
            uri = integration["uri"]["Fn::Sub"].replace(f"${{{_API_FUNCTION}.Arn}}", "${Called}")
            integration["uri"] = {"Fn::Sub": [uri, {"Called": alias}]}
    resources[f"{_API_FUNCTION}InvokePermission"]["Properties"]["FunctionName"] = alias
