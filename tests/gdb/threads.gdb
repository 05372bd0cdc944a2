# guest: threads.c
break all_done
continue
info threads
reverse-continue
break work if number == 5
continue
info threads
print number
thread apply all -s -q frame function work
next
print mine

