# guest: corrupt.c
# The guide: who corrupted this memory?
continue
print records[1]
print i
watch -l records[1].value
reverse-continue
bt
info locals
print which
reverse-continue
