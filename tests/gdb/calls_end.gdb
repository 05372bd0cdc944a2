# guest: deadlock.c
# options: -e
# Functions can be called at the very end too, in any thread, and the way back stays open.
print (int)pthread_mutex_trylock(&left)
thread 2
print (int)pthread_mutex_trylock(&left)
print (int)gettid() == left.__data.__owner
frame function take
thread 3
print (int)gettid() == right.__data.__owner
frame function take
break take
call take(&left, &right)
reverse-continue
reverse-continue
bt 1
thread 1
print (int)pthread_mutex_trylock(&left)
continue
