def fail():
    nothing = None
    return nothing.field


fail()
