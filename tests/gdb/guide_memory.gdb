# guest: overrun.c
# docs/guide/memory.md
continue
frame function shut_down
print *sessions[number]
watch -l sessions[number]->rights
reverse-continue
up
info args
last-write sessions[number]->rights
