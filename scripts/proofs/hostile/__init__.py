"""Files made to hurt whoever opens them, sent through every door: ``make hostile``."""
