# guest: suite.c
# options: -f CHILD3
# docs/guide/fork.md
continue
bt
break parse
reverse-continue
finish
