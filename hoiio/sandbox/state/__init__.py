"""What a sandbox knows: plain records, the world that holds them, the journal, the files."""
