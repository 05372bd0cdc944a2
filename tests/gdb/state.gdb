# guest: counter.c
break square
continue
print n
print account
print &account
ptype account
x/s account.name
x/4xb buffer
print $_exitcode
info registers cs ss
print $mxcsr
print $st0
info signal SIGINT
