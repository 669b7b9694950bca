"""What a run says, as tables: for questions in SQL (`assay query`), and as Parquet for a warehouse (`-r parquet=DIR`)."""
