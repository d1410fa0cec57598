"""PDF mechanics: no Django model, no database, no request."""
