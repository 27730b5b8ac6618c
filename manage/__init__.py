"""What operators do on a deployed stage, from a machine with AWS credentials."""
