"""PostgreSQL and Valkey that come with the product: real servers, on sockets, under one data folder."""

from governance.stack.client import Stack, ensure
from governance.stack.errors import StackError
from governance.stack.home import Home, default_home

__all__ = ["Home", "Stack", "StackError", "default_home", "ensure"]
