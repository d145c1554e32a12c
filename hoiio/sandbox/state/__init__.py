"""The state of a sandbox: plain records, the world that holds them, the journal, the files."""
