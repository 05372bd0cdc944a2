# guest: threads.c
break all_done
continue
info threads
break work if number == 8
reverse-continue
thread find worker
print number
next
print mine
print $_thread
continue
thread 1
