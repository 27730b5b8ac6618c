"""Creditors' own texts: a small language, held by a grammar, a sandbox and a budget."""
