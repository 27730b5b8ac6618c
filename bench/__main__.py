"""`python -m bench [part …]`: measures, and prints tables for README.md."""

import importlib
import sys

from bench.measure import table

PARTS = {
    "deciding": "decide(), one case",
    "rendering": "rendering",
    "importing": "cold start",
    "reminding": "a reminder in memory",
    "deployed": "a reminder through the deployed package",
}


def main(wanted: list[str]) -> int:
    """Run the parts that are named, or all."""
    if unknown := set(wanted) - PARTS.keys():
        print(f"There is no {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}.")
        return 2
    for part in wanted or PARTS:
        rows = importlib.import_module(f"bench.{part}").run()
        print(f"\n{table(PARTS[part], rows)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
