"""The project as a whole: what no single app can promise."""
