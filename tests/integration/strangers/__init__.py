"""One creditor against another, live against test: at every route of the API's description."""
