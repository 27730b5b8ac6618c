"""The shipped package on the embedded stack, in weather that a seed makes.

Between the functions and AWS, Stripe and the world stands a proxy of ours that refuses calls, loses
answers, holds them back and kills the worker that called; in between the clock of the whole stack
jumps. Then it clears up, and the checker of the simulation holds what is left against I1 to I9.
`make chaos SEEDS=20 SEED_FROM=0` runs many, `python -m tests.chaos --seed 7` tells of one.
"""
