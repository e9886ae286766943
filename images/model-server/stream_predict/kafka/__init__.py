"""Topics of Kafka: each row exactly once, by transactions."""
