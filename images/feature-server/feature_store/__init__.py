"""Keeps features once for training and serving, with Feast: docs/guides/features.md."""
