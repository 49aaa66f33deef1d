"""Opt-out requests, for the team: who they are about, which stories quote them, and the decision."""
