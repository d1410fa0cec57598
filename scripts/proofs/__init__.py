"""Long proofs of reliability, each with a make target; the suite runs a short version of each."""
