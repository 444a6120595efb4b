"""`python -m jianbao`: the command line where no console script is at hand."""

from jianbao.cli import main

main(prog_name="jianbao")
