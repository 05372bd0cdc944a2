# guest: counter.c
break main
continue
watch total
continue
continue
reverse-continue
reverse-continue
delete
watch -l account.balance
rwatch account.rate
awatch buffer
info watchpoints
continue
continue
