"""What the event functions of app.py do: read the event, one call of a use case, map the answer.

app.py imports each module inside its function, so that a cold start loads one function's code and
not everybody's.
"""

Answer = dict[str, list[dict[str, str]]]
"""Lambda's partial batch response: the ids of the messages that come back."""
