# guest: signals.c
set print frame-arguments none
handle SIGALRM stop print
continue
print $_siginfo.si_signo
stepi
bt 1
finish
