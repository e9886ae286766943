"""Serves one version of an MLflow model, as docs/model-server.md says."""
