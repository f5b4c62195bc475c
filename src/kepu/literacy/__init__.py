"""Science literacy: the framework, the bank of items, booklets, and the self-test for residents."""
