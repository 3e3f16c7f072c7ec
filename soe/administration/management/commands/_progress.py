class Progress:
    """„Dateien: 12 von 40“ on a terminal, nothing in a log file."""

    def __init__(self, stream):
        self.stream = stream

    def __call__(self, what, done, total):
        if self.stream.isatty() and (done == total or done % 20 == 0):
            self.stream.write(f"\r{what}: {done} von {total}", ending="\n" if done == total else "")
