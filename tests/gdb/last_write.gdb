# guest: counter.c
last-write total
continue
last-write total
print total
stepi
print total
last-write total
print total
last-write account.balance
last-write buffer
bt
last-write $rax
help last-write
