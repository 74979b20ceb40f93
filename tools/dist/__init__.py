"""``make dist``: the packages, and what a company does with them."""
