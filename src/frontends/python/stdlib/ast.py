# Literals in texts.
from _native import read_literal


def literal_eval(text):
    return read_literal(text.strip(), {}) if isinstance(text, str) else text
