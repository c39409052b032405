"""The doctor, against the rehearsal."""
