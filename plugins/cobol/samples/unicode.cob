       IDENTIFICATION DIVISION.
       PROGRAM-ID. GREET.
       PROCEDURE DIVISION.
           DISPLAY "Grüße, 世界 🌍".
           STOP RUN.
