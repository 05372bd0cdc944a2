# guest: jump.c
break deeper
continue
next
bt
print n
reverse-next
print n
continue
watch landed
continue
