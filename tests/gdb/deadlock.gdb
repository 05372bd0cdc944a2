# guest: deadlock.c
# The guide: who holds this lock?
continue
thread apply all -s -q frame function take
print left.__data.__owner == right.__data.__owner
watch -l left.__data.__lock
reverse-continue
reverse-continue
