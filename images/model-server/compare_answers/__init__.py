"""Compares the answers of two versions of a model to the same requests: docs/model-server.md."""
