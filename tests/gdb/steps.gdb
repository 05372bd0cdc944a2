# guest: counter.c
break main
continue
next
step
next
next
reverse-next
reverse-step
reverse-step
step
stepi
x/i $pc
reverse-stepi
nexti
reverse-nexti
finish
reverse-step
up
reverse-finish
until
advance 29
