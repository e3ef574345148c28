syscmd(`cat')dnl
