"""What groups have by themselves."""
