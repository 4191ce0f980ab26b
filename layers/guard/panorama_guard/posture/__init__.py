"""The posture of an account: what stands in it is reviewed and portrayed for a page, from a listing that was read.

`audit` and the function `report` call this room, each with what it has read. Nothing here asks AWS or the ledger.
"""
