"""Assay: policy as code for AWS and Google Cloud. `scanner.run` is the API; `scanner.cli` the command."""

__version__ = "0.1.0"
