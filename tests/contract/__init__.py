"""One suite for fakes and real adapters: what the ports promise, both keep."""
