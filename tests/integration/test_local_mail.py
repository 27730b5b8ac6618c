"""The inbox and what stands before SES and SNS, through boto3, with MiniStack played here."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from local.ports import free_port

pytestmark = pytest.mark.enable_socket

ROOT = Path(__file__).parents[2]
TOPIC = "arn:aws:sns:us-east-1:000000000000:mail-events"
ONCE = Config(retries={"total_max_attempts": 1})


@dataclass
class Aws:
    """Plays MiniStack: gives message ids, notes what is published."""

    port: int = 0
    sent: int = 0
    published: list[dict[str, str]] = field(default_factory=list)

    def events(self) -> list[Any]:
        return [json.loads(form["Message"]) for form in self.published]

    def answer(self, path: str, body: str) -> str:
        if path.startswith("/v2/email"):
            self.sent += 1
            return json.dumps({"MessageId": f"ministack-{self.sent}"})
        self.published.append(dict(urllib.parse.parse_qsl(body)))
        return (
            "<PublishResponse xmlns='http://sns.amazonaws.com/doc/2010-03-31/'><PublishResult>"
            "<MessageId>m</MessageId></PublishResult></PublishResponse>"
        )


@dataclass
class Mail:
    """The process, told where events go."""

    home: Path
    aws: Aws
    port: int = field(default_factory=free_port)
    intake_port: int = field(default_factory=free_port)
    api_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = {
            "--home": str(self.home),
            "--aws": f"http://127.0.0.1:{self.aws.port}",
            "--mail-port": str(self.port),
            "--intake-port": str(self.intake_port),
            "--api-port": str(self.api_port),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.mail", *chain(*arguments.items())], cwd=ROOT
        )
        until(lambda: self.page("/api/health") is not None, "the inbox")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(10) == 0

    def page(self, path: str) -> str | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
                return str(answer.read().decode())
        except OSError:
            return None

    def messages(self, query: str = "") -> list[Any]:
        found = self.page(f"/api/messages?{query}")
        assert found is not None
        return list(json.loads(found)["data"])

    def post(self, path: str, content: object) -> None:
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(url, data=json.dumps(content).encode()) as answer:
            assert answer.status == 200

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.intake_port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=ONCE,
        )

    def send(self, to: str = "payer@example.com", **changes: Any) -> str:
        request = {
            "FromEmailAddress": "Blauwasser <billing@example.com>",
            "ReplyToAddresses": ["accounts@example.com"],
            "Destination": {"ToAddresses": [to]},
            "ConfigurationSetName": "dunlin-local",
            "EmailTags": [{"Name": "communication", "Value": "com_1"}],
            "Content": {
                "Simple": {
                    "Subject": {"Data": "Rechnung <R-1> 🎉"},
                    "Body": {
                        "Text": {"Data": "Zahlen: http://127.0.0.1/pay/t?a=1&b=2."},
                        "Html": {"Data": "<p>Zahlen <a href='http://127.0.0.1/pay/t'>hier</a>"},
                    },
                    "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
                }
            },
            **changes,
        }
        return str(self.client("sesv2").send_email(**request)["MessageId"])


@pytest.fixture
def aws() -> Iterator[Aws]:
    played = Aws()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            answer = played.answer(self.path, body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        played.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield played
        server.shutdown()
        thread.join()


@pytest.fixture
def mail(aws: Aws, tmp_path: Path) -> Iterator[Mail]:
    running = Mail(tmp_path, aws)
    running.start()
    types = ["send", "delivery", "bounce", "complaint", "reject"]
    destinations = {"dunlin-local": {"topic_arn": TOPIC, "types": types}}
    running.post("/api/settings", {"event_destinations": destinations})
    yield running
    running.stop()


def until(done: Callable[[], bool], what: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def test_a_message_is_kept_whole(mail: Mail) -> None:
    identifier = mail.send()
    [kept] = mail.messages("to=payer")
    assert (kept["id"], kept["kind"], kept["to"]) == (identifier, "email", ["payer@example.com"])
    assert kept["tags"] == {"communication": "com_1"}
    assert kept["reply_to"] == ["accounts@example.com"]
    assert ["Auto-Submitted", "auto-generated"] in kept["headers"]
    page = mail.page(f"/messages/{identifier}")
    assert page is not None
    assert "Rechnung &lt;R-1&gt; 🎉" in page
    assert 'href="http://127.0.0.1/pay/t?a=1&amp;b=2"' in page
    assert 'sandbox="allow-popups' in page


def test_a_raw_message_is_taken_apart(mail: Mail) -> None:
    mime = (
        "From: Blauwasser <billing@example.com>\r\nTo: payer@example.com\r\n"
        "Subject: =?utf-8?q?F=C3=A4llig?=\r\nX-SES-MESSAGE-TAGS: communication=com_2\r\n"
        "Message-ID: <own@example.com>\r\n\r\nText\r\n"
    )
    identifier = mail.send(Content={"Raw": {"Data": mime.encode()}}, EmailTags=[])
    [kept] = mail.messages()
    assert (kept["subject"], kept["text"].strip()) == ("Fällig", "Text")
    assert kept["tags"] == {"communication": "com_2"}
    # SES puts its own Message-ID in the place of ours.
    assert ["Message-ID", f"<{identifier}@email.amazonses.com>"] in kept["headers"]


@pytest.mark.parametrize(
    ("to", "types"),
    [
        ("payer@example.com", ["Send", "Delivery"]),
        ("bounce+c1@simulator.amazonses.com", ["Send", "Bounce"]),
        ("complaint@simulator.amazonses.com", ["Send", "Delivery", "Complaint"]),
        ("suppressionlist@simulator.amazonses.com", ["Send", "Bounce"]),
        ("ooto@simulator.amazonses.com", ["Send", "Delivery"]),
    ],
)
def test_events_are_told(mail: Mail, aws: Aws, to: str, types: list[str]) -> None:
    identifier = mail.send(to)
    until(lambda: len(aws.published) >= len(types), f"{types}")
    assert [event["eventType"] for event in aws.events()] == types
    for form, event in zip(aws.published, aws.events(), strict=True):
        assert (form["TopicArn"], event["mail"]["messageId"]) == (TOPIC, identifier)
        assert form["Subject"]
        assert form["MessageAttributes.entry.1.Name"]
        assert event["mail"]["tags"]["communication"] == ["com_1"]
        names = {header["name"] for header in event["mail"]["headers"]}
        assert {"Auto-Submitted", "Reply-To"} <= names
    until(lambda: mail.messages()[0]["events"] == types, "the note that they were told")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"EmailTags": [{"Name": "t", "Value": "cr_1.test"}]}, "BadRequestException"),
        ({"ConfigurationSetName": "another"}, "NotFoundException"),
    ],
)
def test_what_ses_refuses_is_refused(mail: Mail, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        mail.send(**changes)
    assert refused.value.response["Error"]["Code"] == code
    assert mail.messages() == []


def test_faults_happen_once_each(mail: Mail) -> None:
    mail.post("/api/faults", {"fault": "throttle"})
    mail.post("/api/faults", {"fault": "lost_answer"})
    with pytest.raises(ClientError) as throttled:
        mail.send()
    assert throttled.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert mail.messages() == []
    with pytest.raises(HTTPClientError):
        mail.send()
    assert len(mail.messages()) == 1
    mail.send()
    assert len(mail.messages()) == 2


def test_sms_and_opting_out(mail: Mail) -> None:
    sns = mail.client("sns")
    number, other = "+15005550100", "+15005550101"
    sender = {"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Blauwasser"}}
    sns.publish(PhoneNumber=number, Message="Bitte zahlen", MessageAttributes=sender)
    [kept] = mail.messages("kind=sms&to=0100")
    assert (kept["text"], kept["sender"]) == ("Bitte zahlen", "Blauwasser")
    mail.post("/api/settings", {"opted_out": [other]})
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=other)["isOptedOut"]
    assert not sns.check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"]
    sns.publish(PhoneNumber=other, Message="Bitte zahlen")
    assert len(mail.messages("kind=sms")) == 1
    with pytest.raises(ClientError, match="PhoneNumber"):
        sns.publish(PhoneNumber="0100", Message="Bitte zahlen")


def test_a_topic_is_passed_on(mail: Mail, aws: Aws) -> None:
    mail.client("sns").publish(TopicArn=TOPIC, Message="for a topic")
    assert aws.published[0]["Message"] == "for a topic"
    assert mail.messages() == []


def test_a_restart_loses_nothing(mail: Mail) -> None:
    identifier = mail.send()
    until(lambda: len(mail.messages()[0]["events"]) == 2, "both events")
    mail.stop()
    mail.start()
    assert [one["id"] for one in mail.messages()] == [identifier]


def test_the_door_is_closed_until_there_is_an_api(mail: Mail, aws: Aws) -> None:
    url = f"http://127.0.0.1:{mail.api_port}/v1/invoices"
    with pytest.raises(urllib.error.HTTPError, match="503"):
        urllib.request.urlopen(url)
    mail.post("/api/settings", {"upstream": f"http://127.0.0.1:{aws.port}/v2/email"})
    with urllib.request.urlopen(url, data=b"{}") as answer:
        assert json.load(answer) == {"MessageId": "ministack-1"}
