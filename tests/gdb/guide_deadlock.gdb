# guest: transfer.c
# hunt: -n 300 --timeout 5
# options: -e
# docs/guide/deadlock.md
thread apply all -s frame function transfer
print alice.lock.__data
info threads
checkpoint
last-write alice.lock.__data.__owner
bt
restart 1
last-write bob.lock.__data.__owner
bt
