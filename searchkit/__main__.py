"""``python -m searchkit`` is the command line."""

from searchkit.cli import main

if __name__ == "__main__":
    main()
