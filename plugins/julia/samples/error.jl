function fail()
    println("before")
    error("something")
end
fail()
