"""What the services need from the world outside, as Protocols.

Adapters implement them for production, fakes for tests; one contract suite holds both.
"""
