"""Brings the files of one version of a model into a folder and checks them, as docs/model-server.md says."""
