# guest: exec.c
break first_life
break second_life
continue
continue
bt
reverse-continue
reverse-continue
