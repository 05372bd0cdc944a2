# guest: counter.c
break deposit
continue
continue
next
print total
back
print amount
back
print amount
forward
print amount
reverse-continue
print amount
forward
help back
help forward
