"""Predicts for the rows of a stream, as docs/model-server.md says."""
