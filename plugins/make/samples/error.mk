all:
	@echo never
this is no rule
