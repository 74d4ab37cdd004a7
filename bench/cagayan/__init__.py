"""Typhoon Vamco in the Cagayan valley, November 2020: real land, a real flood, made households.

There is no building layer, so households are made: as many as the census of 2020 asks for in each
barangay (one in `ONE_IN`), at random places inside it, with the members of real anonymised rosters.
"""
