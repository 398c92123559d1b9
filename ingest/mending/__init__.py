"""What somebody mends by hand: memories that are closed, opened, withdrawn, believed again, merged, split, put back.

Nothing of it deletes: what was before is kept in the revisions, and every step can be taken back.
"""
