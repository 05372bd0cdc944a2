# guest: signals.c
handle SIGALRM stop print
continue
stepi
bt 1
finish
