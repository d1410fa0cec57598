"""Whole stories, in a real browser, with a real mail server and real files."""
