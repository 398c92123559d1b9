"""What every page of the console shares: nothing here grows slow with the tables that it shows."""
