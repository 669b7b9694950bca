"""Report formats: one module each, listed in `assay.reports.interface`."""
