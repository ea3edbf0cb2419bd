"""Records and tables -> findings: articles before extraction, all tables before export."""
