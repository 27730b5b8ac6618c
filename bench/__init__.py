"""Benchmarks: what a reminder costs in processor time. `python -m bench`; see README.md."""
