# Checks of the tree itself, as tests.
