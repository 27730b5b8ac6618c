"""Clock and chance: real ones, of the right kind."""

from datetime import UTC, datetime, timedelta

from chalicelib.gateways.clock import SystemChance, WallClock


def test_the_wall_clock_tells_utc():
    now = WallClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_chance_fills_its_bits_and_never_more():
    drawn = [SystemChance().bits(30) for _ in range(200)]
    assert max(drawn) < 2**30
    assert max(drawn) > 2**24
    assert len(set(drawn)) > 190
