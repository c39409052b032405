"""The steps of the schema, oldest first, in versions/. A step is never changed once it has been released: add another."""
