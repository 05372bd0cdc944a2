# guest: loop.c
# The guide: what was the event loop doing?
break run_once
continue
print *loop
watch -l loop->active_handles
continue
bt
continue
delete 1
reverse-continue
reverse-continue
print loop
