"""The command line: every command is a module in `jianbao/commands/`."""
def main() -> None:
    raise SystemExit(1)
