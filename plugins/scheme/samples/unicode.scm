(display "Grüße, 世界 🌍")
(newline)
