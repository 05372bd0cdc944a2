# guest: threads.c
# The guide: who raced on this counter?
break all_done
continue
print shared_counter
watch -l shared_counter
reverse-continue
bt 2
reverse-continue
print number
reverse-continue
print number
continue
