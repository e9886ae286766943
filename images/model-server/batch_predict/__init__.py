"""Predicts for a table of Parquet files, each partition once, as docs/model-server.md says."""
