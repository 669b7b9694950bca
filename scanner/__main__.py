"""`python -m scanner` is `assay`."""

from scanner.cli import main

if __name__ == "__main__":
    main()
