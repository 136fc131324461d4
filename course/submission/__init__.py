"""What a student handed in: read from any bytes, and repaired against the lab."""
