"""One query answered from a store: names and values, finished bytes or a complaint."""
