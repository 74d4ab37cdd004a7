"""What providers say of orders: their headings, words and amounts; knows no database."""
