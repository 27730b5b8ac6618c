"""Deterministic simulation: the real services and domain, in weather that a seed makes.

Everything from a claim to a redelivered webhook happens in one process, in an order and with faults
that follow from the seed alone; days pass in milliseconds. A checker holds each run against the
invariants I1 to I9. `make simulate SEEDS=2000 SEED_FROM=0` runs many, `python -m tests.simulation
--seed 7` tells the story of one.
"""
