# guest: uv_ping.c
# hunt: -n 300 --timeout 5
# needs: /usr/include/uv.h
# options: -e
# docs/guide/event-loop.md
frame function main
print loop->active_handles
call (void)uv_print_active_handles(loop, stdout)
call (void)fflush(stdout)
print &ping
print ping.timer_cb
break on_answer
reverse-continue
reverse-continue
print loop->active_handles
watch -l loop->active_handles
continue
bt
