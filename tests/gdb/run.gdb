# guest: counter.c
break deposit
continue
when
run
when
run 40
when
run 999999
when
run nonsense
when
help run
