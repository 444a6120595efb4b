"""Telling a person what the archive's health found: `messages` words it, `channels` carries it."""
