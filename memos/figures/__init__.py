"""Figures over time: requests, rows and storage, added up so that the console reads nothing that it counts."""
