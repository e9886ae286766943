"""Streams of Kinesis: each row at least once, each shard read by one pod."""
