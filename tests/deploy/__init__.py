"""What is needed to run Schoolgate: the image, the compose file, Azure, the audit, the documents."""
