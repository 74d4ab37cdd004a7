"""Files that leave the platform: tables, with shapes where the kind holds them. No database."""
