"""The table of contents: every route's blueprint, schedule, queue, topic and stream function.

`app.<name>` is the Lambda handler. Names of queues, topic and stream in the decorators only stand
in: .chalice/resources.json binds each function to the stage's real resource, so nothing here
depends on a stage. Importing this file reads no environment and makes no client.
"""

from __future__ import annotations

from chalice.app import Chalice, CloudWatchEvent, Cron, DynamoDBEvent, Rate, SNSEvent, SQSEvent

from chalicelib.handlers.blueprints import BLUEPRINTS
from chalicelib.handlers.functions import Answer
from chalicelib.observability import SERVICE, observe

app = Chalice(app_name=SERVICE, configure_logs=False)
app.register_middleware(observe)
for blueprint in BLUEPRINTS:
    app.register_blueprint(blueprint)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(_event: CloudWatchEvent) -> None:
    """Fan out one message per shard, every minute."""
    from chalicelib.handlers.functions import sweep as function

    function.handle()


@app.schedule(Rate(5, unit=Rate.MINUTES))
def catch_up_payments(_event: CloudWatchEvent) -> None:
    """Take in the payments that no webhook brought, every five minutes."""
    from chalicelib.handlers.functions import catch_up_payments as function

    function.handle()


@app.on_sqs_message(queue_arn="arn:aws:sqs:::sweep", batch_size=1)
def sweep_shard(event: SQSEvent) -> Answer:
    """Hand what is due in a shard over to the channels' queues."""
    from chalicelib.handlers.functions import sweep_shard as function

    return function.handle(event.to_dict())


@app.on_sqs_message(queue_arn="arn:aws:sqs:::email", batch_size=10)
def send_email(event: SQSEvent) -> Answer:
    """Follow up customers by e-mail."""
    from chalicelib.handlers.functions import follow_up as function

    return function.handle(event.to_dict(), "email")


@app.on_sqs_message(queue_arn="arn:aws:sqs:::sms", batch_size=10)
def send_sms(event: SQSEvent) -> Answer:
    """Follow up customers by SMS."""
    from chalicelib.handlers.functions import follow_up as function

    return function.handle(event.to_dict(), "sms")


@app.on_sqs_message(queue_arn="arn:aws:sqs:::letter", batch_size=5)
def post_letter(event: SQSEvent) -> Answer:
    """Follow up customers by letter."""
    from chalicelib.handlers.functions import follow_up as function

    return function.handle(event.to_dict(), "letter")


@app.on_sqs_message(queue_arn="arn:aws:sqs:::action", batch_size=10)
def run_action(event: SQSEvent) -> Answer:
    """Do the steps that aren't messages, and schedule what only waits."""
    from chalicelib.handlers.functions import follow_up as function

    return function.handle(event.to_dict(), "action")


@app.on_sns_message(topic="arn:aws:sns:::mail-events")
def receive_email_event(event: SNSEvent) -> None:
    """Settle communications by what SES says of them: sent, delivered, bounced, complained."""
    from chalicelib.handlers.functions import receive_email_event as function

    function.handle(event.message)


@app.on_sns_message(topic="arn:aws:sns:::inbound-sms")
def receive_sms(event: SNSEvent) -> None:
    """Do what customers ask for by SMS: STOP, START, HELP; words go to a person."""
    from chalicelib.handlers.functions import receive_sms as function

    function.handle(event.message, event.to_dict()["Records"][0]["Sns"]["Timestamp"])


@app.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:::table/ledger", batch_size=100, starting_position="TRIM_HORIZON"
)
def project_changes(event: DynamoDBEvent) -> None:
    """Derive events from what was committed to the table."""
    from chalicelib.handlers.functions import project_changes as function

    function.handle(event.to_dict())


@app.on_sqs_message(queue_arn="arn:aws:sqs:::webhook", batch_size=1)
def publish_event(event: SQSEvent) -> Answer:
    """Deliver an event to a webhook endpoint; one at a time, since an endpoint may be slow."""
    from chalicelib.handlers.functions import publish_event as function

    return function.handle(event.to_dict())


@app.on_sqs_message(queue_arn="arn:aws:sqs:::clock", batch_size=1)
def advance_clock(event: SQSEvent) -> Answer:
    """Move a test clock on."""
    from chalicelib.handlers.functions import advance_clock as function

    return function.handle(event.to_dict())


@app.schedule(Cron(40, 2, "*", "*", "?", "*"))
def nightly(_event: CloudWatchEvent) -> None:
    """Ask for a look at every customer's file, every night (UTC)."""
    from chalicelib.handlers.functions import nightly as function

    function.handle()


@app.on_sqs_message(queue_arn="arn:aws:sqs:::nightly", batch_size=10)
def check_invariants(event: SQSEvent) -> Answer:
    """Hold customers' files against what must always hold."""
    from chalicelib.handlers.functions import check_invariants as function

    return function.handle(event.to_dict())
