"""What `jianbao doctor` looks at: each module has checks, and a check says how to mend what it finds."""
