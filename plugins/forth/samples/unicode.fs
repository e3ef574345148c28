.( Grüße, 世界 🌍) cr
