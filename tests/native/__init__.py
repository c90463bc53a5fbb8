"""The site on sessions of its platform: of aiohttp-session, or of the application around it."""
