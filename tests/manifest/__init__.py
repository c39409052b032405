"""The Teams package: its bytes, ids, menus, permissions, icons and words."""
