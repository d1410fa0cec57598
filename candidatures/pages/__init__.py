"""Read models of the public pages: one call each, a number of queries that does not grow."""
