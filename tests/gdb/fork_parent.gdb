# guest: fork.c
break play
continue
print number
print role
continue
reverse-continue
