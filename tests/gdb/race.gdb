# guest: threads.c
# The guide: who raced on this counter?
break all_done
continue
print guarded
watch -l guarded
reverse-continue
up
print guarded - number < guarded
reverse-continue
info watchpoints
