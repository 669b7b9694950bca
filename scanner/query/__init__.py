"""`assay query`: reports, run folders, snapshots and histories as rows of the tables (scanner/tables)."""
