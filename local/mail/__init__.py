"""Mail and SMS on one machine: taken in place of SES and SNS, shown in an inbox, told of in events.

MiniStack's SES drops what Dunlin needs to see again (tags, headers, Reply-To), its SNS forgets SMS,
and neither says what became of a message. So this stands before both and passes the rest through.
"""
