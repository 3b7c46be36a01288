# What is expected here does not happen: the program says so, and ends with 1.
checkpoint road, Asia/Almaty
vehicle 123ABC02 arrives 2025-03-12 10:00
at 10:10 goods presented
expect ARR-1 running until 13:20
expect exit free
at 10:20 declaration registered
