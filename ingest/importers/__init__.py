"""Brings in what people have: the exports of other systems, and plain logs of chats.

A format is one file with one function, ``read(paths, options, report)``: a generator that turns files into the neutral
records of `shape`, knows no database, and tells the report what it passes over. `write` puts the records in through the
services that the API uses, and nothing twice.
"""
