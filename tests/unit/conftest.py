"""Unit tests open no sockets, and Hypothesis runs without deadlines on shared machines."""

from __future__ import annotations

from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

settings.register_profile("unit", deadline=None, max_examples=100, print_blob=True)
settings.load_profile("unit")


def pytest_runtest_setup() -> None:
    disable_socket()


def pytest_runtest_teardown() -> None:
    enable_socket()
