"""`python -m benchmarks`: see command.py; processes started anew import this file."""

if __name__ == "__main__":
    from .command import main

    main()
