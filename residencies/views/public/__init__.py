"""What anyone reads."""
