# guest: become.c
# The next program's symbols come when it does, and the old one's on the way back. gdb disables a
# breakpoint that the next program has no place for.
break change
continue
continue
catch exec
continue
continue
reverse-continue
enable 1
reverse-continue
print lives
reverse-continue
print lives
bt 1
