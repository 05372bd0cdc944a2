# guest: fork.c
# options: -f CHILD2
break play
continue
print number
finish
print role
continue
reverse-continue
