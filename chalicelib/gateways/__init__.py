"""Adapters to the world outside: AWS's queues, mail, SMS and secrets, Stripe, links, the clock."""
