"""The soak: a large load on the embedded stack while its workers are killed (`make soak`)."""
