# guest: counter.c
# Both ends of history are stops that one can turn around at.
reverse-continue
reverse-stepi
continue
continue
reverse-continue
break deposit
continue
