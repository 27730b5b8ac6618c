"""The one table: keys, items, mapping and the repositories behind the storage ports."""
