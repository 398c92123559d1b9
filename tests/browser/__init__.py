"""The console as operators meet it: a real browser against a Memos that was started by `make run`'s own code."""
