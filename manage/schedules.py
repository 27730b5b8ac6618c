"""A stage's schedules, held while its table isn't whole: nothing is swept or caught up then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.gateways.aws import Client

RULE = "AWS::Events::Rule"


@contextmanager
def held(stack: str, *, cloudformation: Client, events: Client) -> Iterator[None]:
    """Disable the stack's schedules, and enable them again only where all went well."""
    names = list(_rules(stack, cloudformation))
    for name in names:
        events().disable_rule(Name=name)
    yield
    for name in names:
        events().enable_rule(Name=name)


def _rules(stack: str, cloudformation: Client) -> Iterator[str]:
    pages = cloudformation().get_paginator("list_stack_resources").paginate(StackName=stack)
    for page in pages:
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == RULE:
                yield resource["PhysicalResourceId"]
