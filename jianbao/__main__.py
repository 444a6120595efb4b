"""`python -m jianbao`: the command line where no console script is at hand."""

from jianbao.cli import main

if __name__ == "__main__":  # a child process of `jianbao up` imports this module too
    main(prog_name="jianbao")
