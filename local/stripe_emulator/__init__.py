"""A small Stripe for development and tests: what Dunlin calls, in the shapes of today's API.

It is never shipped. docs/adr/0003-stripe-emulator.md says why we have our own.
"""
