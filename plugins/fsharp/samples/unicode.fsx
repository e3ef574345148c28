printfn "Grüße, 世界 🌍"
