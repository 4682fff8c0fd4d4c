"""Channels: short messages out of the house, to groups of chat programs and to phones."""
