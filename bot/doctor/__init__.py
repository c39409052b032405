"""`python -m bot doctor`: each precondition tried harmlessly, and what stays unprotected where one is missing.

Like app.py it wires all the rooms together. It never writes, never sends and never joins anything.
"""
