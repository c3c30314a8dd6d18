"""One query answered from a store: text goes in, finished bytes or a complaint come out."""
