"""The benchmarks run; how fast is nobody's test, since machines differ."""

from __future__ import annotations

import pytest

from bench import deciding, reminding
from bench.__main__ import main
from bench.measure import Row, table


def test_reminders_are_measured_from_posting_to_record():
    rows = reminding.run(3)

    assert [row.count for row in rows] == [3, 3, 3]
    assert all(row.seconds > 0 for row in rows)


def test_decisions_are_measured_by_case():
    assert [row.count for row in deciding.run([(2, 1)])] == [2] * len(deciding.MOMENTS)


def test_a_table_says_what_one_costs():
    lines = table("things", [Row("a thing", 2_000, 0.5)]).splitlines()

    assert lines[-1] == "| a thing | 2,000 | 0.250 | 4,000 |"


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]):
    assert main(["speed"]) == 2
    assert "deciding, rendering" in capsys.readouterr().out
