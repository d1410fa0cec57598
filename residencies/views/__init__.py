"""Pages outside the desk: the artists' space, the teams' space, the public's."""
