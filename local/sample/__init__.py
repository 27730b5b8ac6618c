"""A made-up creditor's customers, invoices and payments, the same for the same seed.

All names are invented, addresses are under example domains or SES's mailbox simulator, and phone
numbers come from the ranges that regulators keep for films where there are such ranges.
"""
