# guest: counter.c
catch syscall write
continue
continue
bt -3
reverse-continue
reverse-continue
