"""JSON on stdout, for other programs."""

import json
import sys


def print_json(value: object) -> None:
    """`value` as JSON on stdout, indented, Chinese characters as they are."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")
