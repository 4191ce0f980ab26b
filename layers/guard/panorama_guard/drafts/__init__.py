"""Reads what is to be deployed, templates, plans and documents, into roles that can be judged before they exist.

What a file does not say yet (an account, a name that AWS makes up, a value that somebody gives later) is a hole. A role
is judged twice: with every hole as whatever lets it do the most, which proves `contained` for all values; and with
only what is sure, which shows an escape that no value can take back. What lies between is undecided.
"""
