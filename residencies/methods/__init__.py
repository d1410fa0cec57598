"""Calculations without a database: travel, days, warnings, slots, meetings, coverage."""
