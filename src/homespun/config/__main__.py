"""`python -m homespun.config`: the command where its script is not installed."""

from homespun.config.cli import main

main()
