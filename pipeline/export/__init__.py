"""Tables -> files users download: Parquet, descriptors, documentation, releases."""
