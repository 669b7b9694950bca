"""`python -m assay` is `assay`."""

from assay.scanner.cli import main

if __name__ == "__main__":
    main()
