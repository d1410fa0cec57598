"""The coordination's and the jurors' acts, one module a subject."""
