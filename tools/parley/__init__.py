"""The tools of Parley, in Python: what the files in scripts/ start (cli.start)."""
