cat("Grüße, 世界 🌍\n")
