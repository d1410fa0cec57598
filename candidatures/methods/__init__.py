"""Pure calculations of the selection: no row is read or written here, figures in, figures out."""
