"""The package that goes to AWS: made once, looked into, and run without anything around it."""
