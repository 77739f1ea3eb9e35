"""Reports: what a person reads in a terminal, and what a program reads in JSON lines, CSV and Parquet."""
