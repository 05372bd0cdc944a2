# guest: cache.c
# needs: /usr/lib/x86_64-linux-gnu/libasan.so.8
# options: -e
# docs/guide/asan.md
frame function entry
print index
last-write *(char *)(((unsigned long)index >> 3) + 0x7fff8000)
frame function evict
up
up
print pages[1]->last_used
print pages[2]->last_used
print clock_now
