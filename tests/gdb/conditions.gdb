# guest: counter.c
break deposit if amount == 4
continue
print amount
reverse-continue
condition 1 amount > 2
continue
print amount
condition 1
continue
print amount
reverse-continue
print amount
