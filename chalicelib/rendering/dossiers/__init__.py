"""The dossier and the file of a case that is handed over."""
