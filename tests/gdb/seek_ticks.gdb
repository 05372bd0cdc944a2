# guest: counter.c
break deposit
continue
seek-ticks 100
when-ticks
seek-ticks 99999999
when-ticks
seek-ticks
help seek-ticks
