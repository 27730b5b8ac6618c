"""The page that leads to the first reminder is typed in from the top, and the reminder comes.

What begins with `# Only in AWS` needs an account; that AWS knows those commands is checked in
tests/unit/test_commands.py. The others run in one shell, on the embedded stack.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.api import Api
from local.layout import REGION, ROOT, STAGE
from tests.stack import Running

pytestmark = [pytest.mark.stack, pytest.mark.enable_socket]

PAGE = (ROOT / "docs" / "first-reminder.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ONLY_IN_AWS = "# Only in AWS\n"
RUN = [block for block in BLOCKS if not block.startswith(ONLY_IN_AWS)]
ME = "you@nordlicht.example"

HERE = {
    "make .venv/.installed\n": "",
    "STAGE=prod": f"STAGE={STAGE}",
    "AWS_DEFAULT_REGION=eu-central-1": f"AWS_DEFAULT_REGION={REGION}",
    "API=$(output EndpointURL)": "API=$API_HERE",
    ".venv/bin/python": sys.executable,
}
"""What is different on the embedded stack: its stage, region and address."""


def here(block: str) -> str:
    for written, instead in HERE.items():
        block = block.replace(written, instead)
    return block


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where to type, with an `aws` in it."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "aws").write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.aws_command "$@"\n')
    (folder / "aws").chmod(0o755)
    return folder


def typed(running: Running, folder: Path, blocks: list[str]) -> str:
    """Type blocks into a shell that stops at the first error, and return what it prints."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DUNLIN_")},
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "AWS_ENDPOINT_URL": running.layout.aws_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "API_HERE": running.layout.api_url,
    }
    script = "\n".join(["set -euo pipefail", *map(here, blocks)])
    done = subprocess.run(
        ["/bin/bash"],
        cwd=folder,
        env=environment,
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_leads_to_a_reminder_and_paying_ends_it(running: Running, folder: Path):
    [invoice] = [number for number, block in enumerate(RUN) if "post invoices <<END" in block]
    typed(running, folder, RUN[: invoice + 1])
    running.sweep_until_mail(ME)
    [mail] = running.mail(ME)
    assert "TRY-1" in mail["text"]

    definitions = [block for block in RUN[1:] if "output()" in block]
    names = [
        line for line in RUN[invoice].splitlines() if re.match(r"field|CREDITOR=|post\(", line)
    ]
    typed(running, folder, [RUN[0], *definitions, *names, *RUN[invoice + 1 :]])

    made, posted = (
        json.loads((folder / f"{name}.json").read_text()) for name in ("made", "invoice")
    )
    api = Api(running.layout.api_url, made["live_key"])
    assert api.get(f"/v1/invoices/{posted['id']}")["status"] == "paid"
    assert api.get(f"/v1/cases/{posted['case']}")["status"] == "closed"


def test_what_is_only_said_of_aws_is_what_needs_it():
    """A block that could be tried out here isn't left out."""
    left_out = [block for block in BLOCKS if block.startswith(ONLY_IN_AWS)]

    assert len(RUN) > len(left_out)
    needs = r"manage\.release|manage\.stripe|put-account-details|sandbox|acm"
    assert all(re.search(needs, block) for block in left_out)
