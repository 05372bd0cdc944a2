# guest: counter.c
info checkpoints
break deposit
continue
checkpoint
continue
continue
print total
checkpoint
info checkpoints
restart 1
print total
restart 2
print total
delete checkpoint 1
info checkpoints
restart 1
print total
delete checkpoint 7
help checkpoint
help restart
help info checkpoints
help delete checkpoint
