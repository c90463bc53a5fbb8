"""What a person does with the site, in a real browser, with real mail servers behind it."""
