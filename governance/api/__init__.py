"""The REST API under /api/v1/: one module per family of operations, and service.py, which joins them."""
