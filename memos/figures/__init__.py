"""Figures over time: requests, rows and storage, added up as they come so that the console need not read what it counts."""
