"""Report formats: one module each, listed in `reports.interface`."""
