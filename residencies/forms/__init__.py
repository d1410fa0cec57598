"""What people type about residencies, one module a subject."""
