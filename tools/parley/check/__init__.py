"""What `make check` holds: format, headers, layers, sizes."""
