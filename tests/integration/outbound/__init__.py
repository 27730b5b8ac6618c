"""The way out to webhook endpoints, over real sockets."""
