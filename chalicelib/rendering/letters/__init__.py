"""Letters as PDF: laid out for a window envelope, with codes to pay by."""
