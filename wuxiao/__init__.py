"""The program: command line, settings, doctor."""
