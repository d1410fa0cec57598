"""Figures of speed that anyone can take again: make bench. See docs/performance.md."""
