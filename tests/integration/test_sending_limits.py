"""The limits as MiniStack's SES says them: moto doesn't know GetAccount."""

from __future__ import annotations

import pytest

from chalicelib.domain.quota import Quota
from chalicelib.gateways.aws import client
from chalicelib.gateways.sending_limits import AccountLimits
from tests.fakes.world import FakeClock
from tests.ministack import CREDENTIALS, ministack


def test_the_embedded_stack_answers_as_ses_does(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    with ministack(tmp_path_factory.mktemp("ministack")) as endpoint:
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
            monkeypatch.setenv(name, value)
        limits = AccountLimits(client("sesv2"), FakeClock(), processes={"email": 10}, sms_rate=20)
        assert limits.quota("email") == Quota(50_000, 50_000)
        assert limits.turn("email") == 0
