"""Terraform's built-in functions, as far as they can be evaluated from code alone.

Meaning: https://developer.hashicorp.com/terraform/language/functions. A function that is not here (the time of day, randomness, secrets)
gives an Unknown that names it. `strict` functions need plain data; the others keep what is not
known inside lists, maps and strings.
"""

from assay.scanner.sources.terraform.functions import addresses, collections, dates, encodings, numbers, partial, patterns, text
from assay.scanner.sources.terraform.functions.register import FUNCTIONS

__all__ = ["FUNCTIONS", "addresses", "collections", "dates", "encodings", "numbers", "partial", "patterns", "text"]
