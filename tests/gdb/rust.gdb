# guest: inventory.rs
break inventory::add
continue
info args
continue
print name
break inventory::total
continue
bt
finish
reverse-finish
