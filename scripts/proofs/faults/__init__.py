"""Faults: processes killed, the database restarted, the disk full: nothing acknowledged is lost."""
