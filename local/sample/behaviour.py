"""How sample customers pay: how late, in how many parts, or not at all.

Lateness is log-normal, as it is in real ledgers: most payments cluster shortly after a date that
is the customer's own habit, with a long tail. Days are counted from the due date.
"""

import math
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Habit:
    """`median` days after `earliest` (relative to the due date), spread by `sigma`.

    `forgets` is the chance that an invoice is never paid, `splits` that it is paid in parts.
    """

    name: str
    weight: int
    earliest: int
    median: float
    sigma: float
    forgets: float
    splits: float


HABITS = (
    Habit("early", 20, -14, 8.0, 0.45, 0.00, 0.00),
    Habit("prompt", 32, -4, 4.5, 0.50, 0.01, 0.01),
    Habit("late", 26, -1, 9.0, 0.65, 0.03, 0.04),
    Habit("slow", 12, 4, 24.0, 0.60, 0.08, 0.10),
    Habit("in parts", 5, 0, 10.0, 0.60, 0.05, 0.75),
    Habit("never", 5, 0, 30.0, 0.50, 0.85, 0.10),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the invoice in percent, so many days after the due date."""

    percent: int
    days: int


def parts(habit: Habit, random: Random) -> tuple[Part, ...]:
    """When and in which shares one invoice is paid; empty if never. Shares may end below 100."""
    if random.random() < habit.forgets:
        return ()
    first = habit.earliest + round(random.lognormvariate(math.log(habit.median), habit.sigma))
    if random.random() >= habit.splits:
        return (Part(100, first),)
    share = random.choice((25, 40, 50, 60, 75))
    if random.random() < 0.25:  # noqa: PLR2004 -- one in four never sends the rest
        return (Part(share, first),)
    return Part(share, first), Part(100 - share, first + random.randint(10, 35))
