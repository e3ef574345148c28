(condition-case nil
    (while t
      (princ (concat (read-string "") "\n")))
  (end-of-file nil))
