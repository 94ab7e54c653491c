"""What a clerk sees in the browser, and the letters."""
