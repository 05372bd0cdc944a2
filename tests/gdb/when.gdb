# guest: counter.c
when
when-tid
break deposit
continue
when
when-ticks
when-tid
elapsed-time
help when
help when-ticks
help elapsed-time
