# guest: counter.c
# Calls and writes happen beside history.
break deposit
continue
continue
print square(12)
print total
delete
call deposit(&account, 1000)
print account
set var total = 12345
print total
next
next
print total
print $rax = 77
print $rax
reverse-continue
print total
