"""Plays a conversation through the HTTP API, as an integrator would."""
