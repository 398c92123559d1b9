"""What clauses say: each module reads one field of life."""
