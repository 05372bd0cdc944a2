# guest: counter.c
# Any size, and many.
break main
continue
watch buffer
watch -l account
continue
continue
delete 3
continue
bt
