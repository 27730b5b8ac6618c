"""Attacks on the route that anybody may call: Stripe's webhook."""
