"""Takes over a deployed stage's settings: those of its API's function, as they run."""

from __future__ import annotations

import os

from chalicelib.gateways.aws import Client

API_HANDLER = "APIHandler"
"""What Chalice calls the API's function in the template."""


def take_settings(stack: str, *, cloudformation: Client, functions: Client) -> None:
    """Put the `DUNLIN_*` variables of the stack's API into this process's environment."""
    found = cloudformation().describe_stack_resource(StackName=stack, LogicalResourceId=API_HANDLER)
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    configuration = functions().get_function_configuration(FunctionName=name)
    variables: dict[str, str] = configuration["Environment"]["Variables"]
    os.environ.update(
        {each: value for each, value in variables.items() if each.startswith("DUNLIN_")}
    )
