"""Chains of requests that follow the links of the API's description, and what holds after them."""
