(println "before")

(println unknown-name)
