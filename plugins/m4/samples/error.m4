define(`name', `value')dnl
name
include(`no such file')
