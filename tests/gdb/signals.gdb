# guest: signals.c
handle SIGALRM nostop noprint pass
continue
bt -1
print alarms >= 20
continue
bt
reverse-continue
continue
continue
