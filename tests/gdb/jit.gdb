# guest: jit.c
break *0x30000000
continue
x/2i $pc
bt -1
continue
x/2i $pc
reverse-continue
x/2i $pc
stepi
print $eax
reverse-stepi
delete
finish
