# guest: become.c
# The next program's symbols come when it does, and the old one's on the way back.
break change
continue
continue
catch exec
continue
continue
reverse-continue
reverse-continue
reverse-continue
print lives
bt
