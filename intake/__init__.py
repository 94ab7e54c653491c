"""Mail, folders and archives come in here: bytes become `Message`s."""
