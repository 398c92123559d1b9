"""The console's home and its page of the system: what needs somebody, and figures from what is kept of the past."""
