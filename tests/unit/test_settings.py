"""A stage's settings are read whole, and everything wrong with them is said at once."""

import pytest

from chalicelib.settings import QUEUES, Settings, SettingsError, from_environment
from tests.environment import COMPLETE


def faults(**changes: str) -> str:
    with pytest.raises(SettingsError) as error:
        from_environment(COMPLETE | changes)
    return str(error.value)


def test_the_required_variables_are_enough():
    settings = from_environment(COMPLETE)

    assert settings == Settings(
        stage="prod",
        table="dunlin-prod-ledger",
        queue_urls={q: f"https://sqs.eu-west-1.amazonaws.com/1/{q}" for q in QUEUES},
        configuration_set="dunlin-prod",
        secrets_prefix="dunlin/prod/",
        documents_bucket="dunlin-prod-documents",
    )


def test_nobody_real_is_written_to_by_a_test_unless_the_stage_says_so():
    assert not from_environment(COMPLETE).delivers_test_mode
    assert from_environment(COMPLETE | {"DUNLIN_TEST_MODE_DELIVERY": "send"}).delivers_test_mode


def test_calls_are_traced_where_the_stage_says_so():
    assert not from_environment(COMPLETE).traces
    assert from_environment(COMPLETE | {"DUNLIN_TRACE": "on"}).traces
    assert "DUNLIN_TRACE must be one of on, off" in faults(DUNLIN_TRACE="yes")


def test_the_senders_of_a_stage_are_those_of_its_functions():
    assert from_environment(COMPLETE | {"DUNLIN_EMAIL_SENDERS": "40"}).email_senders == 40
    assert from_environment(COMPLETE | {"DUNLIN_SMS_SENDERS": "2"}).sms_senders == 2
    assert "DUNLIN_SMS_SENDERS must be a whole number from 2" in faults(DUNLIN_SMS_SENDERS="1")


def test_every_missing_variable_is_named_in_one_error():
    with pytest.raises(SettingsError) as error:
        from_environment({})

    assert {fault.split()[0] for fault in str(error.value).split("; ")} == set(COMPLETE)


def test_every_wrong_value_is_named_in_one_error():
    message = faults(
        DUNLIN_STAGE="Prod!",
        DUNLIN_SHARDS="0",
        DUNLIN_PORTAL_URL="http://pay.example.com",
        DUNLIN_LOG_LEVEL="loud",
    )

    assert message.split("; ") == [
        "DUNLIN_STAGE must be lower-case letters, digits and hyphens",
        "DUNLIN_PORTAL_URL must be an https address without query (http on this machine only)",
        "DUNLIN_SHARDS must be a whole number from 1 to 256",
        "DUNLIN_LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR",
    ]


@pytest.mark.parametrize("text", ["-1", "1.5", "٣", "257", "1e2", "0x8"])
def test_shards_are_a_small_whole_number(text):
    assert "DUNLIN_SHARDS" in faults(DUNLIN_SHARDS=text)


@pytest.mark.parametrize(
    "text", ["ftp://a.example", "https://", "https://a.example/?x=1", "https://me@a.example", "a"]
)
def test_an_address_is_https_and_bare(text):
    assert "DUNLIN_PORTAL_URL" in faults(DUNLIN_PORTAL_URL=text)


@pytest.mark.parametrize("host", ["127.0.0.1:4566", "localhost:1", "api.localhost:4566"])
def test_plain_http_is_for_this_machine(host):
    settings = from_environment(COMPLETE | {"DUNLIN_STRIPE_API_BASE": f"http://{host}/v1/"})

    assert settings.stripe_api_base == f"http://{host}/v1"


def test_an_empty_variable_is_an_absent_one():
    assert from_environment(COMPLETE | {"DUNLIN_PORTAL_URL": " "}).portal_url is None
