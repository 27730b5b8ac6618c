"""Fakes behind the ports: in memory, scripted, and held to the adapters by contract tests."""
