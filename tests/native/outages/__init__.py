"""What takes longer: nodes of the site whose sessions are on a server that fails."""
