"""Domain objects as the contract's JSON. Each module has a shape and the function that makes it."""
