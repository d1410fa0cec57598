"""The juror's pages."""
