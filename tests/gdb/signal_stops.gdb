# guest: signals.c
handle SIGALRM stop print
continue
print $_siginfo.si_signo
stepi
bt 1
finish
