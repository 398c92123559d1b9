"""A user's short biography, from facts that hold now, in words that stand in those facts."""
