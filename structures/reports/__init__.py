"""Files for other people's tools: XLSX and CSV that open right in French Excel."""
