"""The shape of what an applicant sends. Rules live in services."""
