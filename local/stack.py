"""The embedded stack's processes: MiniStack, the Stripe emulator, and mail with the API's door."""

import fcntl
import json
import os
import secrets
import shutil
import sys
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from local.identity import command
from local.layout import REGION, ROOT, Layout
from local.ports import is_free, listener
from local.processes import NotReady, Processes

# What children may see of our environment; AWS_* of the developer must not reach a Lambda.
_KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "VIRTUAL_ENV")
_FAKE_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Stack:
    """Starts and stops all processes of one layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._processes = Processes(layout.home / "processes.json")
        self._claim: TextIO | None = None

    @property
    def webhook_secret(self) -> str:
        """Signs the Stripe emulator's webhooks; made once and kept."""
        kept = self.layout.home / "webhook_secret"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(f"whsec_{secrets.token_hex(16)}")
        return kept.read_text()

    def claim(self) -> None:
        """Keep other runs off this folder until `stop` or our death. Raises NotReady."""
        if self._claim is not None:
            return
        self.layout.home.mkdir(parents=True, exist_ok=True)
        file = (self.layout.home / "run").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read()
            file.close()
            raise NotReady(
                f"{self.layout.home} is in use: `make run` is at work already, as process {holder}"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._claim = file

    def start(self) -> None:
        """Start all three and return when they answer. Raises NotReady."""
        self.claim()
        self._check_kept_port()
        self._processes.end_leftovers()
        self._check_ports_are_free()
        # Only now: what used either is known to have ended, and these ports can be had.
        (self.layout.home / "port").write_text(str(self.layout.aws_port))
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._temporary.mkdir()
        self._start("mail", self._mail_command(), f"{self.layout.mail_url}/api/health")
        self._start("stripe", self._stripe_command(), f"{self.layout.stripe_url}/_emulator/health")
        self._start(
            "ministack",
            [sys.executable, "-m", "local.ministack"],
            f"{self.layout.aws_url}/_ministack/health",
            extra=self._ministack_environment(),
        )

    @property
    def _temporary(self) -> Path:
        return self.layout.home / "tmp"

    def _check_kept_port(self) -> None:
        """Addresses of queues are part of what MiniStack keeps, so the ports must stay."""
        kept = self.layout.home / "port"
        if kept.exists() and kept.read_text() != str(self.layout.aws_port):
            raise NotReady(
                f"{self.layout.home} was made with DUNLIN_PORT={kept.read_text()}: use that again, "
                "or begin anew with `make clean`"
            )

    def _check_ports_are_free(self) -> None:
        """Somebody else's answers would be taken for our services'."""
        for port in self.layout.ports:
            if is_free(port):
                continue
            pid = listener(port)
            holder = f"process {pid} ({command(pid)})" if pid else "a process that we can't see"
            raise NotReady(
                f"Port {port} is in use by {holder}. End it, or begin anew on other ports: "
                "`make clean`, then `DUNLIN_PORT=… make run` takes five in a row"
            )

    def stop(self) -> None:
        """Stop all; MiniStack writes its state now and only now."""
        self._processes.stop()
        if self._claim is not None:
            self._claim.close()
            self._claim = None

    def ended(self) -> list[str]:
        """Processes that died."""
        return self._processes.ended()

    def configure_mail(self, **settings: object) -> None:
        """Tell the mail process where things are."""
        _post_json(f"{self.layout.mail_url}/api/settings", settings)

    def _start(
        self, name: str, command: list[str], ready: str, *, extra: dict[str, str] | None = None
    ) -> None:
        log = self.layout.log(name)
        environment = {k: os.environ[k] for k in _KEPT_ENVIRONMENT if k in os.environ}
        environment |= {"PYTHONUNBUFFERED": "1", **(extra or {})}
        self._processes.start(name, command, env=environment, log=log, cwd=ROOT)
        self._processes.wait_until_ready(name, ready, log=log)

    def _mail_command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "local.mail"),
            *("--home", str(self.layout.home / "mail")),
            *("--aws", self.layout.aws_url),
            *("--mail-port", str(self.layout.mail_port)),
            *("--intake-port", str(self.layout.intake_port)),
            *("--api-port", str(self.layout.api_port)),
        ]

    def _stripe_command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "local.stripe_emulator"),
            *("--port", str(self.layout.stripe_port)),
            *("--state", str(self.layout.home / "stripe.json")),
            *("--webhook-url", self.layout.api_url + "/webhooks/stripe/{creditor_id}"),
            *("--webhook-secret", self.webhook_secret),
        ]

    def _ministack_environment(self) -> dict[str, str]:
        """MiniStack's options; its workers, the Lambdas, inherit them with the endpoints."""
        return {
            **_FAKE_CREDENTIALS,
            "GATEWAY_PORT": str(self.layout.aws_port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.layout.home / "aws"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.layout.home / "s3"),
            "TMPDIR": str(self._temporary),
            "DUNLIN_CODE_DIR": str(self.layout.home / "code"),
            "LOG_LEVEL": "INFO",
            "LAMBDA_WARM_TTL_SECONDS": "86400",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "POWERTOOLS_TRACE_DISABLED": "1",
            "AWS_ENDPOINT_URL": self.layout.aws_url,
            "AWS_ENDPOINT_URL_SESV2": self.layout.intake_url,
            "AWS_ENDPOINT_URL_SNS": self.layout.intake_url,
        }


@cache
def client(layout: Layout, service: str) -> Any:  # noqa: ANN401 -- boto3 makes clients at run time
    """A boto3 client of this stack, the same one each time."""
    import boto3

    return boto3.client(
        service,
        endpoint_url=layout.aws_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 -- MiniStack checks none
    )


def _post_json(url: str, content: object) -> None:
    request = urllib.request.Request(
        url, data=json.dumps(content).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        response.read()


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file's object, empty when there is no file."""
    content: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return content
