# guest: dlopen.c
set breakpoint pending on
break plugin
continue
bt
print n
print plugin_calls
info sharedlibrary plugin
continue
print plugin_calls
reverse-continue
print n
finish
