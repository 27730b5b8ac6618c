"""`python -m manage.release`: deploy a stage, and roll it back to what was deployed before.

    python -m manage.release --stage prod --bucket BUCKET deploy
    python -m manage.release --stage prod --bucket BUCKET deploy --at-once
    python -m manage.release --stage prod --bucket BUCKET list
    python -m manage.release --stage prod --bucket BUCKET roll-back

What differs between stages stands in `.chalice/parameters/<stage>.json`; a stage without that file
is refused. `deploy` packages the
sources as they are, keeps that in the bucket, and deploys it bit by bit (manage/gradual.py). When
an alarm rings meanwhile everything goes back by itself, and the command ends with an error.
`--at-once` waits for nothing and heeds no alarm. `roll-back` deploys the release that ran before
the present one, or that which `--to` names, with its own parameters and at once. Both print JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.gateways.aws import client
from manage.command import Answer, CommandError, Connect, printed
from manage.deploying import Stack
from manage.gradual import AT_ONCE, DEPLOYMENT, Json, gradual
from manage.packaging import PackagingFailed, package
from manage.releases import Releases

ROOT = Path(__file__).parents[1]
PARAMETERS = ROOT / ".chalice" / "parameters"

Shape = Callable[[Json], Json]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that is deployed: its name, where its releases are kept, and its stack."""

    name: str
    releases: Releases
    stack: Stack


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)
    name = arguments.stage
    stage = Stage(
        name,
        Releases(connect("s3"), arguments.bucket, name),
        Stack(connect("cloudformation"), f"dunlin-{name}"),
    )

    def act() -> Answer:
        parameters = parameters_of(name)
        if arguments.command == "deploy":
            return deploy(stage, parameters, at_once=arguments.at_once)
        if arguments.command == "roll-back":
            return roll_back(stage, arguments.to)
        return {"releases": stage.releases.names(), "deployed": stage.stack.release()}

    return printed(act)


def deploy(
    stage: Stage,
    parameters: dict[str, str],
    *,
    at_once: bool = False,
    shape: Shape = gradual,
) -> Answer:
    """Package the sources, keep them as a release and deploy it."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            package(ROOT, stage.name, Path(folder, "package"))
        except PackagingFailed as error:
            raise CommandError(str(error)) from None
        return deploy_package(
            stage, Path(folder, "package"), parameters, at_once=at_once, shape=shape
        )


def deploy_package(
    stage: Stage,
    package: Path,
    parameters: dict[str, str],
    *,
    at_once: bool = False,
    shape: Shape = gradual,
) -> Answer:
    """Keep a package as a release and deploy it. `shape` is what becomes of its template."""
    template = shape(json.loads((package / "sam.json").read_text()))
    given = {**parameters, "Stage": stage.name}
    if DEPLOYMENT in template["Parameters"]:
        given.setdefault(DEPLOYMENT, template["Parameters"][DEPLOYMENT]["Default"])
    archive = package / "deployment.zip"
    name = stage.releases.keep(template, archive, given, at=datetime.now(UTC))
    return _put(stage, name, at_once=at_once)


def roll_back(stage: Stage, to: str | None = None) -> Answer:
    """Deploy a former release as it was, with what AWS would keep of the present one.

    Without `to` it is the one before that ran and wasn't rolled back itself. Raises CommandError
    if there is none.
    """
    present = stage.stack.release()
    ran = [name for name in stage.releases.deployed() if present is None or name < present]
    wanted = to or (ran[-1] if ran else None)
    if wanted is None or wanted not in stage.releases.names():
        raise CommandError(f"There is no release {wanted or 'before this one'} of {stage.name}.")
    if present is not None:
        stage.releases.take_over_kept(wanted, of=present)
    answer = _put(stage, wanted, at_once=True)
    stage.releases.forget_deployed(after=wanted)
    return answer


def parameters_of(stage: str) -> dict[str, str]:
    """Return what a stage is given. Raises CommandError if nobody wrote that down."""
    file = PARAMETERS / f"{stage}.json"
    if file not in PARAMETERS.iterdir():
        raise CommandError(f"There is no stage {stage}: write {file.relative_to(ROOT)}.")
    return {name: str(value) for name, value in json.loads(file.read_text()).items()}


def _put(stage: Stage, name: str, *, at_once: bool) -> Answer:
    parameters = stage.releases.parameters(name)
    if at_once and DEPLOYMENT in parameters:
        parameters[DEPLOYMENT] = AT_ONCE
    status = stage.stack.put(stage.releases.template(name), parameters)
    stage.releases.note_deployed(name, at=datetime.now(UTC))
    return {"release": name, "status": status}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.release")
    parser.add_argument("--stage", required=True, help="one that .chalice/parameters describes")
    parser.add_argument("--bucket", required=True, help="where releases are kept")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("deploy", help="deploy the sources as they are")
    new.add_argument("--at-once", action="store_true", help="heed no alarm")
    commands.add_parser("list", help="say which releases there are, and which is deployed")
    back = commands.add_parser("roll-back", help="deploy a former release as it was")
    back.add_argument("--to", help="its name; the one before the present one otherwise")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
