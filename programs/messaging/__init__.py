"""Messages to people: their texts, and the gateway that carries them; knows no database."""
