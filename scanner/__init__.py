"""Assay: policy as code for AWS and Google Cloud. `assay.scanner.run` is the API; `assay.scanner.cli` the command."""

__version__ = "0.1.0"
