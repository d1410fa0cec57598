"""Keeping an installation: backup, restore, verification, and what a crash left behind."""
